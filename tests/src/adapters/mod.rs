//! Tests of one adapter alone: its possible places, and the applications that it can be around.

mod actix;
mod axum;
mod bodies;
mod mark;
mod rejections;
mod reply_marks;
mod unchanged;
mod wrapped;

use ::axum::Router;
use ::axum::body::Body;
use fncy_dev_server::DevServer;
use fncy_login::{Login, LoginBuilder};
use fncy_login_tower::FncyLoginLayer;
use tower::ServiceExt as _;

use crate::world::{APP, usual};

/// A login, and its provider, which gets no request.
fn login(mount: &str, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> (Login, DevServer) {
    let redirect_uri = format!("{APP}{mount}/auth/callback");
    let provider = DevServer::builder()
        .redirect_uri(&redirect_uri)
        .start()
        .unwrap();
    let login = change(usual(&provider, &redirect_uri)).build().unwrap();
    (login, provider)
}

#[tokio::test]
async fn a_request_that_is_passed_on_keeps_the_cookies_of_others() {
    let (login, _provider) = login("", |builder| builder);
    let name = "__Host-fncy_login_0123456789abcdef";
    for (line, rest) in [
        ("a=1; __Host-fncy_session=x; b=2", Some("a=1; b=2")),
        (
            "__Host-fncy_session=x;__Host-fncy_session.1=y; a",
            Some("a"),
        ),
        (&format!("{name}=x; __Host-fncy_round=y"), None),
        (" __Host-fncy_session = x ;; a=b=c", Some("a=b=c")),
        (
            "__Host-fncy_sessions=x; fncy_session=y",
            Some("__Host-fncy_sessions=x; fncy_session=y"),
        ),
        ("", None),
    ] {
        let kept = login.without_own_cookies(line.as_bytes());
        assert_eq!(kept.as_deref(), rest.map(str::as_bytes), "{line}");
    }
    let kept = login.without_own_cookies(b"\xff=\xfe; __Host-fncy_session=x");
    assert_eq!(kept.as_deref(), Some(&b"\xff=\xfe"[..]));
}

#[tokio::test]
async fn a_site_says_where_its_pages_sign_in_and_out() {
    let (login, _provider) = login("/sub", |builder| builder);
    let site = login.site();
    assert_eq!(site.login_path(), "/sub/auth/login");
    assert_eq!(site.sign_out_path(), "/sub/auth/logout");
    let app = FncyLoginLayer::new(login.clone()).wrap(Router::new());
    let app = Router::new().nest_service("/sub", app);
    let link = site.login_path_to("/sub/page?a=1&b=/x");
    let request = http::Request::get(link).header("accept", "text/html");
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    assert_eq!(response.status(), 303);
}
