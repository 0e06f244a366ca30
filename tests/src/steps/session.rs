//! A signed-in user, and the login's effects on the session.

use fncy_dev_server::Endpoint;
use fncy_login::LoginBuilder;

use crate::browser::{Page, RawRequest, RawResponse, Tab};
use crate::harness::Harness;
use crate::store::Store;
use crate::world::{APP, World};

/// The default life of the dev server's access tokens, in seconds.
pub(crate) const LIFE: u64 = 300;

pub(crate) async fn signed_in(world: &World) -> Tab {
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    tab
}

/// The session as the application sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The id, the times and the data, which a kept session keeps.
    pub(crate) kept: String,
    pub(crate) generation: u32,
    pub(crate) scopes: String,
    /// Unix seconds, or 0.
    pub(crate) signed_in: u64,
}

pub(crate) async fn shown(tab: &mut Tab) -> Shown {
    let page = tab.visit(&format!("{APP}/about")).await;
    shown_on(&page)
}

/// The session on the page `/about`.
pub(crate) fn shown_on(page: &Page) -> Shown {
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let parts: Vec<_> = text.split(" | ").collect();
    let [kept, generation, scopes, signed_in] = parts[..] else {
        panic!("no session: {text}");
    };
    Shown {
        kept: kept.to_owned(),
        generation: generation.parse().unwrap(),
        scopes: scopes.to_owned(),
        signed_in: signed_in.parse().unwrap(),
    }
}

/// A request for a page with the browser's current cookies.
pub(crate) fn request(world: &World, path: &str) -> RawRequest {
    page_with(path, world.cookie_header())
}

/// A request for a page with these cookies.
pub(crate) fn page_with(path: &str, cookies: impl AsRef<[u8]>) -> RawRequest {
    page_request(path).with_header("cookie", cookies)
}

/// A request for a page without cookies.
pub(crate) fn page_request(path: &str) -> RawRequest {
    RawRequest::new("GET", path)
        .with_header("host", "app.example")
        .with_header("accept", "text/html")
}

/// Signs out with the button of the page.
#[cfg(test)]
pub(crate) async fn sign_out(tab: &mut Tab) {
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
}

pub(crate) fn sets_session(response: &RawResponse) -> bool {
    response.headers_named("set-cookie").any(|line| {
        line.starts_with(b"__Host-fncy_session=") && !line.starts_with(b"__Host-fncy_session=;")
    })
}

/// The number of refreshes at the provider: all token requests but that of the sign-in.
pub(crate) fn refreshes(world: &World) -> u64 {
    world.token_requests() - 1
}

/// All refresh tokens that the provider issued, the newest last.
pub(crate) fn refresh_tokens(world: &World) -> Vec<String> {
    let mut issued = world.provider.issued_secrets();
    issued.retain(|secret| secret.contains("refresh"));
    issued
}

/// All tokens that the provider was asked to revoke.
pub(crate) fn revoked(world: &World) -> Vec<String> {
    let requests = world.provider.requests(Endpoint::Revoke);
    let token = |body: &[u8]| {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap();
        body["token"].as_str().unwrap().to_owned()
    };
    requests
        .iter()
        .map(|request| token(&request.body))
        .collect()
}

/// A world whose application shares a store.
pub(crate) fn with_store(
    harness: Harness,
    store: &Store,
    change: impl FnOnce(LoginBuilder) -> LoginBuilder + 'static,
) -> World {
    let instance = store.instance();
    World::with(harness, |setup| {
        setup.login = Box::new(|builder| change(builder.store(instance)));
    })
}

/// Whether an answer clears the session cookie.
pub(crate) fn clears_session(response: &RawResponse) -> bool {
    response
        .headers_named("set-cookie")
        .any(|line| line.starts_with(b"__Host-fncy_session=;"))
}

pub(crate) fn post(path: &str, cookies: &[u8]) -> RawRequest {
    RawRequest::new("POST", path)
        .with_header("host", "app.example")
        .with_header("origin", APP)
        .with_header("content-length", "0")
        .with_header("cookie", cookies)
}
