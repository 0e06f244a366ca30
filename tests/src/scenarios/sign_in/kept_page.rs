//! A person signs in in a popup or another tab, and the page stays as it is.

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::reference::text_without_reference;
use crate::world::{APP, World};

const SIGNED_IN: &str = "/auth/signed-in";

pub(super) async fn s06_the_script_is_the_same_for_everyone(harness: Harness) {
    let world = World::new(harness);
    let stranger = world.ask("/auth/sign-in.js", "").await;
    assert_eq!(stranger.status, 200);
    let content_type = stranger.header("content-type");
    assert_eq!(content_type, Some("text/javascript; charset=utf-8"));
    assert_eq!(
        stranger.header("cache-control"),
        Some("public, max-age=3600")
    );
    assert_eq!(
        stranger.header("cross-origin-resource-policy"),
        Some("same-origin")
    );
    world.visit_and_sign_in(&mut world.tab(), "/", "alex").await;
    let user = world.ask("/auth/sign-in.js", &world.cookie_header()).await;
    assert_eq!(user.text(), stranger.text());
    assert_eq!(user.header("set-cookie"), None);
    let post = RawRequest::new("POST", "/auth/sign-in.js")
        .with_header("host", "app.example")
        .with_header("content-length", "0");
    assert_eq!(world.raw(post).await.status, 405);
}

pub(super) async fn s06_a_sign_in_in_another_tab_ends_on_a_page_of_its_own(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let start = "/auth/login?return_to=%2Fauth%2Fsigned-in";
    let page = world.visit_and_sign_in(&mut tab, start, "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}{SIGNED_IN}"));
    assert_eq!(page.status, 200);
    let script = "<script type=\"module\" src=\"/auth/sign-in.js\"></script>";
    assert!(page.text().contains(script), "{}", page.text());
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.ends_with("; script-src 'self'"), "{policy}");
    // Another spelling of the address is an endpoint's, and no return address.
    let start = "/auth/login?return_to=%2Fauth%2F.%2Fsigned-in";
    let page = tab.visit(&format!("{APP}{start}")).await;
    assert_eq!(page.url.as_str(), format!("{APP}/"));
}

pub(super) async fn s06_the_last_page_tells_other_sites_nothing(harness: Harness) {
    let world = World::new(harness);
    let as_part = |cookies: Vec<u8>| {
        let request = RawRequest::new("GET", SIGNED_IN)
            .with_header("host", "app.example")
            .with_header("accept", "text/html")
            .with_header("sec-fetch-site", "same-site")
            .with_header("sec-fetch-mode", "no-cors")
            .with_header("sec-fetch-dest", "object")
            .with_header("cookie", cookies);
        world.raw(request)
    };
    let stranger = as_part(Vec::new()).await;
    world.visit_and_sign_in(&mut world.tab(), "/", "alex").await;
    let user = as_part(world.cookie_header()).await;
    for refused in [&stranger, &user] {
        assert_eq!(refused.status, 403);
        assert_eq!(refused.header("x-frame-options"), Some("DENY"));
    }
    let [user, stranger] = [user, stranger].map(|answer| text_without_reference(&answer));
    assert_eq!(user, stranger);
}
