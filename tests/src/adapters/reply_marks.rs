//! Each response of the login has a mark in its extensions, and no response of the application has one.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use fncy_login::{ErrorCode, LoginReply};
use poem::{Endpoint as _, EndpointExt as _};
use tower::ServiceExt as _;

use super::login;

/// A path, an `Accept` header, and the code in the mark, if there is a mark.
const CASES: [(&str, &str, Option<Option<ErrorCode>>); 6] = [
    ("/open", "*/*", None),
    ("/page", "text/html", Some(None)),
    ("/page", "*/*", Some(Some(ErrorCode::SignInRequired))),
    ("/extract", "*/*", Some(Some(ErrorCode::SignInRequired))),
    (
        "/auth/session",
        "*/*",
        Some(Some(ErrorCode::SignInRequired)),
    ),
    (
        "/auth/callback?code=x&state=y",
        "text/html",
        Some(Some(ErrorCode::LoginCookieMissing)),
    ),
];

#[tokio::test]
async fn over_tower() {
    use fncy_login_tower::{CurrentUser, FncyLoginLayer};

    let (login, _provider) = login("", |builder| {
        builder.public_path("/open").public_path("/extract")
    });
    let router = Router::new()
        .route("/open", get(async || "open"))
        .route("/extract", get(async |_: CurrentUser| "extract"));
    let app = FncyLoginLayer::new(login).wrap(router);
    for (path, accept, mark) in CASES {
        let request = http::Request::get(path).header("accept", accept);
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let found = response.extensions().get().map(LoginReply::code);
        assert_eq!(found, mark, "{path}");
    }
}

#[actix_web::test]
async fn over_actix() {
    use actix_web::{App, test, web};
    use fncy_login_actix::{CurrentUser, FncyLogin};

    let (login, _provider) = login("", |builder| {
        builder.public_path("/open").public_path("/extract")
    });
    let app = App::new()
        .wrap(FncyLogin::new(login))
        .route("/open", web::get().to(async || "open"))
        .route("/extract", web::get().to(async |_: CurrentUser| "extract"));
    let app = test::init_service(app).await;
    for (path, accept, mark) in CASES {
        let request = test::TestRequest::get().uri(path);
        let request = request.insert_header(("accept", accept)).to_request();
        let response = test::call_service(&app, request).await;
        let found = response.response().extensions().get().map(LoginReply::code);
        assert_eq!(found, mark, "{path}");
    }
}

#[tokio::test]
async fn over_poem() {
    use poem::{Request, Route, handler};
    use poem_adapter::FncyLogin;

    #[handler]
    fn open() -> &'static str {
        "open"
    }

    let (login, _provider) = login("", |builder| {
        builder.public_path("/open").public_path("/extract")
    });
    let app = Route::new()
        .at("/open", poem::get(open))
        .with(FncyLogin::new(login));
    // Of an error's response poem drops the extensions.
    let cases = CASES.into_iter().filter(|(path, ..)| *path != "/extract");
    for (path, accept, mark) in cases {
        let request = Request::builder().uri_str(path).header("accept", accept);
        let response = app.get_response(request.finish()).await;
        let found = response.extensions().get().map(LoginReply::code);
        assert_eq!(found, mark, "{path}");
    }
}
