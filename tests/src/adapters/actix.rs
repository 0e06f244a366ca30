//! Every place for the middleware: App, scope, resource, and two logins nested.

use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpResponse, web};
use fncy_login_actix::{CurrentUser, FncyLogin};

use super::login;

async fn home() -> HttpResponse {
    HttpResponse::Ok().body("home")
}

async fn mine(user: CurrentUser) -> String {
    user.id().to_owned()
}

/// Where a request without a session ends.
macro_rules! gate {
    ($app:expr, $path:expr) => {{
        let request = TestRequest::get()
            .uri($path)
            .insert_header(("accept", "text/html"))
            .to_request();
        match call_service(&$app, request).await.status() {
            StatusCode::SEE_OTHER => "sign in",
            StatusCode::OK => "open",
            StatusCode::NOT_FOUND => "nothing",
            status => panic!("{}: {status}", $path),
        }
    }};
}

#[actix_web::test]
async fn round_the_whole_application() {
    let (login, _provider) = login("", |builder| builder);
    let app = init_service(
        App::new()
            .wrap(FncyLogin::new(login))
            .route("/", web::get().to(home))
            .service(web::scope("/sub").route("/page", web::get().to(mine))),
    )
    .await;
    for path in [
        "/",
        "/sub/page",
        "/nowhere",
        "/auth/login",
        "/%61uth/session",
    ] {
        assert_eq!(gate!(app, path), "sign in", "{path}");
    }
}

#[actix_web::test]
async fn round_a_scope_with_its_endpoints_inside() {
    let (login, _provider) = login("/sub", |builder| builder);
    let app = init_service(
        App::new().route("/", web::get().to(home)).service(
            web::scope("/sub")
                .wrap(FncyLogin::new(login))
                .route("/page", web::get().to(mine)),
        ),
    )
    .await;
    assert_eq!(gate!(app, "/"), "open");
    assert_eq!(gate!(app, "/sub/page"), "sign in");
    assert_eq!(gate!(app, "/sub/auth/login"), "sign in");
    assert_eq!(gate!(app, "/auth/login"), "nothing");
}

#[actix_web::test]
async fn an_escaped_letter_opens_nothing() {
    let (login, _provider) = login("", |builder| builder.protect_only("/admin"));
    let app = init_service(
        App::new()
            .wrap(FncyLogin::new(login))
            .route("/admin", web::get().to(home))
            .route("/", web::get().to(home)),
    )
    .await;
    assert_eq!(gate!(app, "/"), "open");
    for path in ["/admin", "/%61dmin", "/admin/", "//admin"] {
        assert_eq!(gate!(app, path), "sign in", "{path}");
    }
}

#[actix_web::test]
async fn two_logins_decide_each_for_itself() {
    let (open, _first) = login("", |builder| builder.public_prefix("/"));
    let (closed, _second) = login("/admin", |builder| builder);
    let app = init_service(
        App::new().wrap(FncyLogin::new(open)).service(
            web::scope("/admin")
                .wrap(FncyLogin::new(closed))
                .route("/page", web::get().to(home)),
        ),
    )
    .await;
    assert_eq!(gate!(app, "/nowhere"), "nothing");
    assert_eq!(gate!(app, "/admin/page"), "sign in");
}
