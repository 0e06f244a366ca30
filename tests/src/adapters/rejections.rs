//! The `Debug` of a rejection shows its kind only, since `tracing-actix-web` logs the `Debug` of each error.

use ::tower::ServiceExt as _;
use axum::Router;
use axum::routing::get;
use fncy_login::RejectionKind;
use fncy_login_actix as actix;
use fncy_login_tower as tower;
use http_body_util::BodyExt as _;
use poem::{Endpoint as _, EndpointExt as _};

use super::login;

const PATH: &str = "/open?code=hunter2";
/// A navigation, so that the answer is a redirect with a state.
const HEADERS: [(&str, &str); 2] = [("accept", "text/html"), ("authorization", "hunter2")];
const ERROR: &str = "no user is signed in";
const DEBUG: &str = "AuthRejection(Rejection(SignedOut))";

#[actix_web::test]
async fn in_actix_it_says_its_kind() {
    use actix_web::{App, test, web};

    let (login, _provider) = login("", |builder| builder.public_path("/open"));
    let open = async |user: Result<actix::CurrentUser, actix::AuthRejection>| {
        let error = user.unwrap_err();
        assert_eq!(error.kind(), RejectionKind::SignedOut);
        format!("{error} {error:?}")
    };
    let app = App::new().wrap(actix::FncyLogin::new(login));
    let app = test::init_service(app.route("/open", web::get().to(open))).await;
    let request = test::TestRequest::get().uri(PATH);
    let request = HEADERS
        .into_iter()
        .fold(request, |request, header| request.insert_header(header));
    let shown = test::call_and_read_body(&app, request.to_request()).await;
    assert_eq!(shown, format!("{ERROR} {DEBUG}"));
}

#[tokio::test]
async fn in_poem_too() {
    use poem::{Request, Result, Route, handler};
    use poem_adapter::{CurrentUser, FncyLogin};

    #[handler]
    fn open(user: Result<CurrentUser>) -> String {
        let error = user.unwrap_err();
        format!("{error} {error:?}")
    }

    let (login, _provider) = login("", |builder| builder.public_path("/open"));
    let app = Route::new()
        .at("/open", poem::get(open))
        .with(FncyLogin::new(login));
    let request = Request::builder().uri_str(PATH);
    let request = HEADERS.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let shown = app.get_response(request.finish()).await.into_body();
    let shown = shown.into_string().await.unwrap();
    assert_eq!(shown, format!("{ERROR} Error {{ source: Some({DEBUG}) }}"));
}

#[tokio::test]
async fn in_axum_it_says_its_kind() {
    use axum::body::Body;

    let (login, _provider) = login("", |builder| builder.public_path("/open"));
    let open = async |user: Result<tower::CurrentUser, tower::AuthRejection>| {
        let rejection = user.unwrap_err();
        assert_eq!(rejection.kind(), RejectionKind::SignedOut);
        format!("{rejection} {rejection:?}")
    };
    let app = tower::FncyLoginLayer::new(login).wrap(Router::new().route("/open", get(open)));
    let request = http::Request::get(PATH);
    let request = HEADERS.into_iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let shown = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(shown, format!("{ERROR} {DEBUG}"));
}
