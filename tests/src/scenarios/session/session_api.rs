//! `/auth/session` tells a script of the own page who is signed in, and no token (rows L7, L9).

use std::time::Duration;

use serde_json::Value;

use crate::browser::{RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::session_cookie::{session, signed_in};
use crate::world::{APP, World};

const HOUR: u64 = 3600;

/// 401 as a program reads it, which nobody stores.
fn assert_problem(response: &RawResponse) {
    assert_eq!(response.status, 401);
    let content_type = response.header("content-type");
    assert_eq!(content_type, Some("application/problem+json"));
    assert_eq!(response.header("cache-control"), Some("private, no-store"));
    assert_eq!(response.header("set-cookie"), None);
    let json: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(json["code"], "sign_in_required");
}

pub(super) async fn l07_without_a_session_it_says_so(harness: Harness) {
    let world = World::new(harness);
    assert_problem(&world.ask("/auth/session", "other=1").await);
    assert_problem(&world.ask("/auth/session", session("forged")).await);
    // Not even a navigation is sent to sign in.
    assert_problem(&*world.tab().get(&format!("{APP}/auth/session")).await);
    let post = RawRequest::new("POST", "/auth/session")
        .with_header("host", "app.example")
        .with_header("content-length", "0");
    assert_eq!(world.raw(post).await.status, 405);
}

pub(super) async fn l07_it_names_the_user_and_no_token(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/", "haneul").await;
    let found = tab.fetch(&format!("{APP}/auth/session")).await;
    assert_eq!(found.status, 200);
    assert_eq!(found.header("content-type"), Some("application/json"));
    assert_eq!(found.header("cache-control"), Some("private, no-store"));
    let json: Value = serde_json::from_slice(&found.body).unwrap();
    let now = world.clock().now().as_unix();
    let expected = serde_json::json!({
        "user": {
            "id": "haneul",
            "name": "김하늘",
            "email": "haneul@example.com",
            "scopes": ["profile"],
        },
        "expires_at": now + 24 * HOUR,
        "expires_in": 24 * HOUR,
    });
    assert_eq!(json, expected, "and nothing else");
}

pub(super) async fn l07_it_keeps_no_session_alive(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(30 * 24 * HOUR);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let url = format!("{APP}/auth/session");
    for hour in 1..24 {
        world.advance(HOUR);
        let found = tab.fetch(&url).await;
        assert_eq!(found.header("set-cookie"), None);
        let json: Value = serde_json::from_slice(&found.body).unwrap();
        assert_eq!(json["expires_in"], (24 - hour) * HOUR);
    }
    world.advance(HOUR);
    assert_eq!(tab.fetch(&url).await.status, 401);
}

pub(super) async fn l09_another_origin_cannot_read_it(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    for (origin, site) in [
        ("https://evil.example", "cross-site"),
        ("https://other.app.example", "same-site"),
        ("null", "cross-site"),
        (APP, "same-origin"),
    ] {
        for method in ["GET", "OPTIONS"] {
            let request = RawRequest::new(method, "/auth/session")
                .with_header("host", "app.example")
                .with_header("origin", origin)
                .with_header("sec-fetch-site", site)
                .with_header("sec-fetch-mode", "cors")
                .with_header("access-control-request-method", "GET")
                .with_header("cookie", session(&value));
            let response = world.raw(request).await;
            let names = response.headers.iter().map(|(name, _)| name);
            let cors: Vec<_> = names
                .filter(|name| name.to_ascii_lowercase().starts_with("access-control-"))
                .collect();
            assert_eq!(cors, [""; 0], "{method} from {origin}");
            let status = match (method, origin) {
                ("GET", APP) => 200,
                ("GET", _) => 403,
                _ => 405,
            };
            assert_eq!(response.status, status, "{method} from {origin}");
        }
    }
}
