//! Requests with bearer tokens, and logins that accept them.

use fncy_login::{BearerCheck, Login, LoginBuilder};

use crate::browser::{RawRequest, RawResponse, Tab};
use crate::world::{APP, World};

/// The ID of the client whose tokens are accepted: the login's own.
pub(crate) fn by_introspection(world: &World) -> BearerCheck {
    BearerCheck::introspection(world.provider.introspection_url())
        .client(world.provider.client_id())
}

/// Restarts the application with a login that accepts bearer tokens on each path.
pub(crate) fn accept(
    world: &World,
    check: BearerCheck,
    change: impl FnOnce(LoginBuilder) -> LoginBuilder,
) -> Login {
    let builder = change(world.usual().bearer_prefix("/", check));
    let login = builder.build().unwrap();
    world.serve(login.clone());
    login
}

/// A user's access token. Another application of the user may have it as well.
pub(crate) async fn token_of(world: &World, user: &str) -> String {
    let mut tab = world.stranger().tab();
    world.visit_and_sign_in(&mut tab, "/auth/login", user).await;
    tab.get(&format!("{APP}/token")).await.text().into_owned()
}

/// A browser with a session. A page of an API sends no person to sign in.
pub(crate) async fn sign_in(world: &World) -> Tab {
    let mut tab = world.tab();
    world
        .visit_and_sign_in(&mut tab, "/auth/login", "alex")
        .await;
    tab
}

/// A request of a program that shows a token.
pub(crate) fn with_token(path: &str, token: &str) -> RawRequest {
    plain(path).with_header("authorization", format!("Bearer {token}"))
}

/// A request of a program without a token.
pub(crate) fn plain(path: &str) -> RawRequest {
    RawRequest::new("GET", path).with_header("host", "app.example")
}

/// The refusal of a request as a program reads it: status, code, and the challenge of RFC 6750.
///
/// # Panics
///
/// The response is no problem+json, sets a cookie, or redirects.
pub(crate) fn refusal(response: &RawResponse) -> (u16, String, Option<String>) {
    let kind = response.header("content-type");
    assert_eq!(kind, Some("application/problem+json"), "{response:?}");
    assert!(response.header("set-cookie").is_none(), "{response:?}");
    assert!(response.header("location").is_none(), "{response:?}");
    let problem: serde_json::Value = serde_json::from_str(&response.text()).unwrap();
    let code = problem["code"].as_str().unwrap().to_owned();
    let challenges = response.headers_named("www-authenticate");
    let mut challenges = challenges.map(|line| String::from_utf8_lossy(line).into_owned());
    let challenge = challenges.find(|line| line.starts_with("Bearer"));
    (response.status, code, challenge)
}

pub(crate) fn assert_refused(response: &RawResponse, status: u16, code: &str, challenge: &str) {
    let challenge = (!challenge.is_empty()).then(|| challenge.to_owned());
    let expected = (status, code.to_owned(), challenge);
    assert_eq!(refusal(response), expected);
}
