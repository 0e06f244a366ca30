//! A page that frames or embeds us learns nothing and shows no sign-in (rows L19, R26).

use crate::browser::{RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::reference::text_without_reference;
use crate::steps::session::page_request;
use crate::steps::session_cookie::{session, signed_in};
use crate::world::{APP, World};

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A request of a page of this site, for a part of it.
fn part(path: &str, site: &str, mode: &str, dest: &str) -> RawRequest {
    page_request(path)
        .with_header("sec-fetch-site", site)
        .with_header("sec-fetch-mode", mode)
        .with_header("sec-fetch-dest", dest)
}

/// All of an answer that another page might notice.
fn seen(response: &RawResponse) -> (u16, Vec<(String, String)>, String) {
    let headers = response.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value).into_owned();
        (name.to_ascii_lowercase(), value)
    });
    let mut headers: Vec<_> = headers.filter(|(name, _)| name != "date").collect();
    headers.sort_unstable();
    (response.status, headers, text_without_reference(response))
}

pub(super) async fn l19_a_sibling_learns_nothing_of_the_session(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    for (site, mode, dest) in [
        ("same-site", "navigate", "object"),
        ("same-site", "no-cors", "object"),
        ("same-site", "navigate", "embed"),
        ("same-site", "navigate", "iframe"),
        ("same-site", "no-cors", "script"),
        ("same-site", "no-cors", "image"),
        ("same-site", "cors", "empty"),
        ("cross-site", "no-cors", "empty"),
        ("cross-site", "navigate", "document"),
    ] {
        let ask = |cookies: Vec<u8>| {
            let request = part("/auth/session", site, mode, dest);
            world.raw(request.with_header("cookie", cookies))
        };
        let answer = ask(session(&value)).await;
        assert_eq!(answer.status, 403, "{site} {mode} {dest}");
        assert_eq!(seen(&answer), seen(&ask(b"a=1".to_vec()).await));
    }
    // The others don't say so either, where they are but a part of a page.
    for path in [
        "/auth/callback?code=c&state=s",
        "/auth/login",
        "/auth/logout",
    ] {
        for (mode, dest) in [
            ("navigate", "object"),
            ("navigate", "iframe"),
            ("no-cors", "script"),
            ("no-cors", "image"),
        ] {
            let ask = |cookies: Vec<u8>| {
                let request = part(path, "same-site", mode, dest);
                world.raw(request.with_header("cookie", cookies))
            };
            let (in_, out) = (ask(session(&value)).await, ask(b"a=1".to_vec()).await);
            assert_eq!(seen(&in_), seen(&out), "{path} {dest}");
        }
    }
}

pub(super) async fn l19_every_reply_is_for_our_own_origin(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let cookies = String::from_utf8(world.cookie_header()).unwrap();
    for (method, path, accept, cookie, status) in [
        ("GET", "/page", HTML, "", 303),
        ("HEAD", "/page", HTML, "", 303),
        ("GET", "/page", "*/*", "", 401),
        ("POST", "/page", HTML, "", 401),
        ("POST", "/page", HTML, &*cookies, 403),
        ("GET", "/auth/session", "*/*", "", 401),
        ("GET", "/auth/session", "*/*", &cookies, 200),
        ("POST", "/auth/session", "*/*", &cookies, 405),
        ("GET", "/auth/login", HTML, "", 303),
        ("GET", "/auth/logout", HTML, "", 200),
        ("GET", "/auth/logout", HTML, &cookies, 200),
        ("GET", "/auth/callback", HTML, "", 400),
        ("GET", "/auth/callback?code=c&state=s", HTML, &cookies, 303),
    ] {
        let request = RawRequest::new(method, path)
            .with_header("host", "app.example")
            .with_header("content-length", "0")
            .with_header("accept", accept)
            .with_header("cookie", cookie);
        let answer = world.raw(request).await;
        assert_eq!(answer.status, status, "{method} {path} {accept}");
        let policy = answer.headers_named("cross-origin-resource-policy");
        assert_eq!(Vec::from_iter(policy), [b"same-origin"], "{method} {path}");
        let framing = answer.headers_named("x-frame-options");
        assert_eq!(Vec::from_iter(framing), [b"DENY"], "{method} {path}");
    }
    // The application's answers have what it gives them.
    let own = tab.get(&format!("{APP}/page")).await;
    assert_eq!(own.header("cross-origin-resource-policy"), None);
    assert_eq!(own.header("x-frame-options"), None);
}

pub(super) async fn l19_a_trusted_origin_may_ask_who_is_signed_in(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.trusted_origin("https://www.app.example"));
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    for (origin, status) in [
        ("https://www.app.example", 200),
        ("https://ads.app.example", 403),
    ] {
        let request = part("/auth/session", "same-site", "cors", "empty")
            .with_header("origin", origin)
            .with_header("cookie", world.cookie_header());
        assert_eq!(world.raw(request).await.status, status, "{origin}");
    }
}

pub(super) async fn r26_a_frame_without_a_session_leads_out_of_it(harness: Harness) {
    let world = World::new(harness);
    for dest in ["iframe", "frame", "embed", "object"] {
        for (method, referer, address) in [
            ("GET", Some(format!("{APP}/desk?x=1")), "%2Fdesk%3Fx%3D1"),
            ("POST", Some(format!("{APP}/desk?x=1")), "%2Fdesk%3Fx%3D1"),
            ("GET", Some("https://evil.example/desk".to_owned()), "%2F"),
            ("GET", None, "%2F"),
        ] {
            let mut request =
                part("/widget", "same-origin", "navigate", dest).with_header("content-length", "0");
            request.method = method.to_owned();
            if let Some(referer) = &referer {
                request = request.with_header("referer", referer);
            }
            let page = world.raw(request).await;
            assert_eq!(page.status, 401, "{dest} {method}");
            assert_eq!(page.header("set-cookie"), None);
            let text = page.text();
            let link = format!("href=\"/auth/login?return_to={address}\" target=\"_top\"");
            assert!(text.contains(&link), "{text}");
            assert_eq!(
                text.matches("<a ").count(),
                text.matches("target=\"_top\"").count()
            );
            let policy = page.header("content-security-policy").unwrap();
            assert!(policy.ends_with("frame-ancestors 'self'"), "{policy}");
            assert_eq!(page.header("x-frame-options"), Some("SAMEORIGIN"));
        }
    }
    // The same in a frame that asks for the sign-in itself; and pages for a whole tab stay out of frames.
    let login = part(
        "/auth/login?return_to=/x",
        "same-origin",
        "navigate",
        "iframe",
    );
    assert_eq!(world.raw(login).await.status, 401);
    let mut form =
        part("/page", "same-origin", "navigate", "document").with_header("content-length", "0");
    form.method = "POST".to_owned();
    let form = world.raw(form).await;
    let policy = form.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    assert!(!form.text().contains("target=\"_top\""));
}

pub(super) async fn r26_inertia_is_sent_to_the_login_endpoint(harness: Harness) {
    let world = World::new(harness);
    for (method, path, referer, address) in [
        (
            "GET",
            "/users?page=2",
            format!("{APP}/"),
            "%2Fusers%3Fpage%3D2",
        ),
        (
            "POST",
            "/users",
            format!("{APP}/users/new"),
            "%2Fusers%2Fnew",
        ),
        ("POST", "/users", "https://evil.example/".to_owned(), "%2F"),
    ] {
        let request = RawRequest::new(method, path)
            .with_header("host", "app.example")
            .with_header("content-length", "0")
            .with_header("accept", "text/html, application/xhtml+xml")
            .with_header("x-requested-with", "XMLHttpRequest")
            .with_header("x-inertia", "true")
            .with_header("sec-fetch-mode", "cors")
            .with_header("sec-fetch-dest", "empty")
            .with_header("referer", referer);
        let response = world.raw(request.clone()).await;
        assert_eq!(response.status, 409);
        let location = format!("/auth/login?return_to={address}");
        assert_eq!(response.header("x-inertia-location"), Some(&*location));
        assert_eq!(response.header("set-cookie"), None);
        assert_eq!(response.text(), "", "Inertia reads none");
        // What is fetched ahead leads nowhere.
        let ahead = world.raw(request.with_header("purpose", "prefetch")).await;
        assert_eq!(ahead.status, 401);
        assert_eq!(ahead.header("x-inertia-location"), None);
    }
}
