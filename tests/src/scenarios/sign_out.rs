//! Signing out: what it takes, what it leaves, where it ends.

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::browser::{Context, RawRequest};
use crate::corpora;
use crate::harness::Harness;
use crate::world::{APP, World, usual};

pub(super) async fn signs_out_and_asks_again(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.start(&mut tab.clone(), "/auth/login").await;
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    assert_eq!(page.status, 200);
    let page = tab.submit(&page, "form", None).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("You are signed out"),
        "{}",
        page.text()
    );
    assert_eq!(world.cookies("__Host-"), [""; 0], "nothing of ours is left");
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 1);
    assert_eq!(
        world.provider.requests(Endpoint::Revoke)[0].status,
        Some(200)
    );

    let history = world.browser.history();
    let post = &history[history.len() - 2];
    assert_eq!(post.response.header("clear-site-data"), Some("\"cache\""));
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
    assert_eq!(tab.fetch(&format!("{APP}/auth/session")).await.status, 401);
}

pub(super) async fn only_our_own_origin_signs_out(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let url = url::Url::parse(APP).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite).unwrap();
    let link = RawRequest::new("GET", "/auth/logout")
        .with_header("host", "app.example")
        .with_header("accept", "text/html")
        .with_header("sec-fetch-site", "cross-site")
        .with_header("sec-fetch-mode", "navigate")
        .with_header("cookie", &cookies);
    let page = world.raw(link).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text()
            .contains("<form method=\"post\" action=\"/auth/logout\">")
    );
    assert_eq!(page.header("set-cookie"), None);

    for (method, name, value, status) in [
        ("POST", "origin", "https://evil.example", 403),
        ("POST", "origin", "null", 403),
        ("POST", "sec-fetch-site", "cross-site", 403),
        ("POST", "sec-fetch-site", "same-site", 403),
        ("POST", "x-nothing", "", 403),
        ("GET", "sec-fetch-site", "cross-site", 403),
        ("DELETE", "origin", APP, 405),
        ("POST", "origin", APP, 303),
        ("POST", "sec-fetch-site", "same-origin", 303),
    ] {
        let request = RawRequest::new(method, "/auth/logout")
            .with_header("host", "app.example")
            .with_header("content-length", "0")
            .with_header("cookie", &cookies)
            .with_header(name, value);
        let response = world.raw(request).await;
        assert_eq!(response.status, status, "{method} {name}: {value}");
        assert_eq!(response.header("set-cookie").is_some(), status == 303);
    }
}

pub(super) async fn a_sign_out_goes_on_to_the_provider(harness: Harness) {
    let world = World::new(harness);
    let login = usual(&world.provider, &format!("{APP}/auth/callback"))
        .set(Setting::SignOutUrl, world.provider.sign_out_url())
        .clock(world.clock());
    world.serve(login.build().unwrap());
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let policy = page.header("content-security-policy").unwrap();
    let target = format!("form-action 'self' {};", world.provider.base_url());
    assert!(policy.contains(&target), "{policy}");
    let page = tab.submit(&page, "form", None).await;
    assert!(
        page.url.as_str().starts_with(world.provider.base_url()),
        "{}",
        page.url
    );
    assert_eq!(world.cookies("__Host-"), [""; 0]);
}

pub(super) async fn a_sign_out_finishes_without_the_provider(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.provider.fault(Endpoint::Revoke, Fault::status(503));
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
    assert!(world.logged().contains("revocation_failed"));
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

/// Where a sign-out that was asked to return to `address` leads.
async fn farewell(world: &World, address: &[u8]) -> String {
    let address = percent_encode(address, NON_ALPHANUMERIC);
    let request = RawRequest::new("POST", &format!("/auth/logout?return_to={address}"))
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("origin", APP);
    let response = world.raw(request).await;
    assert_eq!(response.status, 303);
    response.header("location").unwrap().to_owned()
}

pub(super) async fn l05_a_sign_out_ends_on_a_public_page_of_ours_or_on_its_own(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_prefix("/bye"));
    });
    for (address, location) in [
        ("/bye", "/bye"),
        ("/bye/now?a=1&b=%20x", "/bye/now?a=1&b=%20x"),
        ("https://app.example/bye", "/bye"),
        ("/page", "/auth/logout"),
        ("/bye/../page", "/auth/logout"),
        ("/auth/login", "/auth/logout"),
        ("https://evil.example/bye", "/auth/logout"),
        ("//evil.example/bye", "/auth/logout"),
        ("/bye\\@evil.example", "/auth/logout"),
        ("", "/auth/logout"),
    ] {
        assert_eq!(
            farewell(&world, address.as_bytes()).await,
            location,
            "{address}"
        );
    }
    let app = url::Url::parse(APP).unwrap();
    for file in [
        "open-redirect-oauth2-proxy.txt",
        "open-redirect-mod-auth-openidc.txt",
    ] {
        for line in corpora::lines(file).unwrap_or_default() {
            let location = farewell(&world, &line).await;
            let resolved = app.join(&location).unwrap();
            assert_eq!(resolved.origin(), app.origin(), "{location}");
        }
    }
}
