//! How a request shows a token, and what else it shows (rows B1 and B7).

use fncy_login::BearerCheck;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::bearer::{
    accept, assert_refused, by_introspection, plain, refusal, sign_in, token_of, with_token,
};
use crate::steps::session::signed_in;
use crate::world::World;

const MALFORMED: (u16, &str, &str) = (400, "invalid_request", "Bearer error=\"invalid_request\"");
const INVALID: (u16, &str, &str) = (401, "invalid_token", "Bearer error=\"invalid_token\"");
const NOTHING: (u16, &str, &str) = (401, "sign_in_required", "Bearer");

pub(super) async fn b01_a_token_is_shown_in_one_header(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "alex").await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = plain("/page").with_header("authorization", format!("{scheme} {token}"));
        let answer = world.raw(request).await;
        assert_eq!(
            (answer.status, &*answer.text()),
            (200, "user=alex"),
            "{scheme}"
        );
        assert_eq!(answer.header("set-cookie"), None, "{scheme}");
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    }
    let twice = with_token("/page", &token).with_header("authorization", format!("Bearer {token}"));
    let in_query = with_token(&format!("/page?access_token={token}"), &token);
    let shown = |value: &str| plain("/page").with_header("authorization", value);
    for (request, (status, code, challenge)) in [
        (twice, MALFORMED),
        (in_query, MALFORMED),
        (shown("Bearer a b"), MALFORMED),
        (shown(&format!("Bearer {token}, Bearer {token}")), MALFORMED),
        (shown("Bearer "), NOTHING),
        (shown("Bearer"), NOTHING),
        (shown("Basic YWxleDphbGV4"), NOTHING),
        (shown(&format!("Bearer {}", "a".repeat(20_000))), INVALID),
        (shown("Bearer invented"), INVALID),
    ] {
        let answer = world.raw(request.clone()).await;
        assert_refused(&answer, status, code, challenge);
        // A page of a browser is refused in the same way.
        let page = request.with_header("accept", "text/html");
        let answer = world
            .raw(page.with_header("sec-fetch-mode", "navigate"))
            .await;
        assert_refused(&answer, status, code, challenge);
    }
}

pub(super) async fn b01_a_request_with_a_token_shows_no_cookie(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "jun").await;
    sign_in(&world).await;
    let cookies = world.cookie_header();
    let asked = |request: RawRequest| world.raw(request.with_header("cookie", &cookies));
    assert_eq!(asked(plain("/page")).await.text(), "user=alex");
    assert_eq!(asked(with_token("/page", &token)).await.text(), "user=jun");
    for request in [
        with_token("/page", "invented"),
        plain("/page").with_header("authorization", "Basic YWxleDphbGV4"),
    ] {
        // The session is neither used nor ended.
        assert_eq!(refusal(&asked(request).await).0, 401);
    }
    assert_eq!(asked(plain("/page")).await.text(), "user=alex");
}

pub(super) async fn b01_a_path_without_the_setting_reads_no_token(harness: Harness) {
    let world = World::new(harness);
    let check = by_introspection(&world);
    let login = world.usual().bearer_prefix("/v1", check).build().unwrap();
    world.serve(login);
    let token = token_of(&world, "jun").await;
    signed_in(&world).await;
    let cookies = world.cookie_header();
    let beside_cookie = |path| with_token(path, &token).with_header("cookie", &cookies);
    for path in ["/page", "/v1s"] {
        assert_eq!(
            world.raw(with_token(path, &token)).await.status,
            401,
            "{path}"
        );
        assert_eq!(
            world.raw(beside_cookie(path)).await.text(),
            "user=alex",
            "{path}"
        );
    }
    // A router may take these for the path of a token, so the cookie does not count either.
    for path in ["/%761", "//v1", "/x/../v1", "/v1//x"] {
        for request in [with_token(path, &token), beside_cookie(path)] {
            assert_eq!(world.raw(request).await.status, 401, "{path}");
        }
    }
    for path in ["/v1", "/v1/", "/v1/x"] {
        assert_eq!(
            world.raw(beside_cookie(path)).await.text(),
            "user=jun",
            "{path}"
        );
    }
    let endpoint = world.raw(with_token("/auth/session", &token)).await;
    assert_eq!(
        endpoint.status, 401,
        "an endpoint of the login reads no token"
    );
}

pub(super) async fn b01_each_prefix_has_its_own_check(harness: Harness) {
    let world = World::new(harness);
    let lax = BearerCheck::user_data().danger_any_client();
    let strict = BearerCheck::introspection(world.provider.introspection_url()).client("other");
    let login = world.usual().bearer_prefix("/v1", lax);
    let login = login.bearer_prefix("/v1/@admin", strict);
    world.serve(login.build().unwrap());
    let token = token_of(&world, "alex").await;
    for (path, status) in [
        ("/v1/x", 200),
        ("/v1/@admin", 401),
        ("/v1/@admin/x", 401),
        ("/v1/%40admin/x", 401),
        ("/v1/%40admins", 200),
    ] {
        // Twice: what is known of a token is so for one prefix.
        for _ in 0..2 {
            let answer = world.raw(with_token(path, &token)).await;
            assert_eq!(answer.status, status, "{path}");
        }
    }
}

pub(super) async fn b01_a_request_without_a_token_has_its_session(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let visitor = plain("/page").with_header("accept", "text/html");
    let visitor = visitor.with_header("sec-fetch-mode", "navigate");
    for request in [visitor, plain("/page"), plain("/page?access_token=x")] {
        let answer = world.raw(request).await;
        assert_refused(&answer, 401, "sign_in_required", "Bearer");
        assert!(answer.text().contains("login_url"), "{}", answer.text());
    }
    let mut tab = sign_in(&world).await;
    assert_eq!(
        tab.get("https://app.example/page").await.text(),
        "user=alex"
    );
}

pub(super) async fn b07_a_token_of_another_sites_page_passes(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "alex").await;
    sign_in(&world).await;
    let from_elsewhere = |mut request: RawRequest| {
        request.method = "POST".to_owned();
        request
            .with_header("origin", "https://other.example")
            .with_header("sec-fetch-site", "cross-site")
            .with_header("cookie", world.cookie_header())
    };
    let answer = world.raw(from_elsewhere(with_token("/page", &token))).await;
    assert_eq!((answer.status, &*answer.text()), (200, "user=alex"));
    let answer = world.raw(from_elsewhere(plain("/page"))).await;
    assert_eq!(
        refusal(&answer).1,
        "cross_site",
        "the cookie alone is not enough"
    );
}

pub(super) async fn b07_a_preflight_passes_where_that_is_set(harness: Harness) {
    let world = World::new(harness);
    world.may_be_anonymous();
    let preflight = || {
        let mut request = plain("/page")
            .with_header("origin", "https://other.example")
            .with_header("access-control-request-method", "POST")
            .with_header("access-control-request-headers", "authorization");
        request.method = "OPTIONS".to_owned();
        request
    };
    accept(&world, by_introspection(&world), |login| login);
    let answer = world.raw(preflight()).await;
    assert_refused(&answer, 401, "sign_in_required", "Bearer");
    let check = by_introspection(&world);
    accept(&world, check, |login| login.allow_preflight());
    assert_eq!(world.raw(preflight()).await.status, 200);
}
