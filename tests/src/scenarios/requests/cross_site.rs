//! An unsafe request from another site is refused, though the browser sends the session (row L8).

use crate::browser::{Context, RawRequest};
use crate::harness::Harness;
use crate::world::{APP, World};

pub(super) async fn l08_another_site_changes_nothing(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder
                .public_path("/public")
                .trusted_origin("https://admin.app.example")
                .danger_allow_cross_site_path("/webhook")
        });
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let url = url::Url::parse(APP).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite).unwrap();
    let before = world.calls.all().len();
    let mut passed = 0;
    for (method, path, name, value, status) in [
        ("POST", "/page", "sec-fetch-site", "same-origin", 200),
        ("POST", "/page", "sec-fetch-site", "none", 200),
        ("POST", "/page", "sec-fetch-site", "same-site", 403),
        ("POST", "/page", "sec-fetch-site", "cross-site", 403),
        ("POST", "/page", "origin", APP, 200),
        ("POST", "/page", "origin", "null", 403),
        ("POST", "/page", "origin", "https://evil.example", 403),
        ("POST", "/page", "origin", "https://admin.app.example", 200),
        ("DELETE", "/page", "x-nothing", "", 403),
        ("POST", "/public", "sec-fetch-site", "cross-site", 403),
        ("POST", "/webhook", "sec-fetch-site", "cross-site", 200),
        ("POST", "/%77ebhook", "sec-fetch-site", "cross-site", 403),
        ("GET", "/page", "sec-fetch-site", "cross-site", 200),
    ] {
        let request = RawRequest::new(method, path)
            .with_header("host", "app.example")
            .with_header("content-length", "0")
            .with_header("cookie", &cookies)
            .with_header(name, value);
        let response = world.raw(request).await;
        assert_eq!(response.status, status, "{method} {path} {name}: {value}");
        if status == 403 {
            assert!(
                response.text().contains("\"code\":\"cross_site\""),
                "{}",
                response.text()
            );
        }
        passed += usize::from(status == 200);
    }
    assert_eq!(world.calls.all().len(), before + passed);

    let twice = RawRequest::new("POST", "/page")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("cookie", &cookies)
        .with_header("sec-fetch-site", "same-origin")
        .with_header("sec-fetch-site", "cross-site");
    assert_eq!(world.raw(twice).await.status, 403);

    for (name, value, status) in [
        ("sec-fetch-site", "same-origin", 200),
        ("sec-fetch-site", "none", 200),
        ("sec-fetch-site", "same-site", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("origin", APP, 200),
        ("origin", "null", 403),
        ("origin", "https://evil.example", 403),
        ("x-nothing", "", 403),
    ] {
        let socket = RawRequest::new("GET", "/socket")
            .with_header("host", "app.example")
            .with_header("connection", "upgrade")
            .with_header("upgrade", "websocket")
            .with_header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .with_header("cookie", &cookies)
            .with_header(name, value);
        let response = world.raw(socket).await;
        assert_eq!(response.status, status, "a socket, {name}: {value}");
    }
}

pub(super) async fn a_trusted_origin_of_another_site_is_told(harness: Harness) {
    let world = World::new(harness);
    let told = "a trusted origin belongs to another site";
    let sibling = world.usual().trusted_origin("https://admin.app.example");
    sibling.build().unwrap();
    let mine = |line: &&str| line.contains("another-site.org") && line.contains(told);
    assert_eq!(world.logged().lines().filter(mine).count(), 0);
    let other = world.usual().trusted_origin("https://another-site.org");
    other.build().unwrap();
    assert_ne!(world.logged().lines().filter(mine).count(), 0);
}
