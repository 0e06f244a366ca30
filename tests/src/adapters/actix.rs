//! All places for the middleware: App, scope, resource, and two nested logins.

use std::fmt;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Service as _, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, call_and_read_body, call_service, init_service};
use actix_web::{App, Error, HttpResponse, ResponseError, web};
use fncy_login_actix::{AuthRejection, CurrentUser, Deny, FncyLogin, Tokens};
use fncy_login_testing::{Actix, TestFncy};

use super::login;
use crate::world::ThreadLogs;

async fn home() -> HttpResponse {
    HttpResponse::Ok().body("home")
}

async fn mine(user: CurrentUser) -> String {
    user.id().to_owned()
}

/// The result of a request without a session.
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
async fn r25_what_a_scope_leaves_is_spelled_as_the_browser_did() {
    let (login, _provider) = login("/sub", |builder| {
        builder
            .public_path("/안내")
            .public_path("/a[1]+b")
            .public_prefix("/%7C")
    });
    let page = || web::resource("/{page}").to(home);
    let app = init_service(
        App::new()
            .service(
                web::scope("/sub")
                    .wrap(FncyLogin::new(login.clone()))
                    .service(page()),
            )
            .service(
                web::scope("/{x}")
                    .wrap(FncyLogin::new(login.clone()))
                    .service(page()),
            ),
    )
    .await;
    for path in [
        "/sub/%EC%95%88%EB%82%B4",
        "/sub/%ec%95%88%eb%82%b4",
        "/sub/a[1]+b",
        "/sub/%7C",
    ] {
        assert_eq!(gate!(app, path), "open", "{path}");
    }
    for path in ["/sub/x", "/%EA%B0%80/%EC%95%88%EB%82%B4"] {
        assert_eq!(gate!(app, path), "sign in", "{path}");
    }
}

#[actix_web::test]
async fn an_escaped_letter_opens_nothing() {
    let (login, _provider) = login("", |builder| builder.protected_prefix("/admin"));
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

#[actix_web::test]
async fn r27_a_login_whose_callback_is_elsewhere_is_told_once() {
    let (scope, _first) = login("", |builder| builder);
    let (resource, _second) = login("", |builder| builder);
    let (whole, _third) = login("", |builder| builder);
    let (below, _fourth) = login("/own", |builder| builder);
    let logs = ThreadLogs::start();
    let app = init_service(
        App::new()
            .service(
                web::scope("/sub")
                    .wrap(FncyLogin::new(scope))
                    .route("/page", web::get().to(home)),
            )
            .service(
                web::resource("/page")
                    .wrap(FncyLogin::new(resource))
                    .route(web::get().to(home)),
            )
            .service(
                web::scope("/own")
                    .wrap(FncyLogin::new(below))
                    .route("/page", web::get().to(home)),
            )
            .service(
                web::scope("")
                    .wrap(FncyLogin::new(whole))
                    .route("/{name}", web::get().to(home)),
            ),
    )
    .await;
    let told = || logs.with("the redirect URI is outside").len();
    for (path, lines) in [
        ("/own/page", 0),
        ("/any", 0),
        ("/sub/page", 1),
        ("/page", 2),
    ] {
        for _ in 0..2 {
            assert_eq!(gate!(app, path), "sign in", "{path}");
        }
        assert_eq!(told(), lines, "{path}");
    }
}

/// An error of the application.
#[derive(Debug)]
struct Mine;

impl fmt::Display for Mine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("mine")
    }
}

impl ResponseError for Mine {
    fn status_code(&self) -> StatusCode {
        StatusCode::IM_A_TEAPOT
    }
}

#[actix_web::test]
async fn an_error_of_middleware_inside_goes_on_as_it_is() {
    async fn fail(_: ServiceRequest, _: Next<BoxBody>) -> Result<ServiceResponse, Error> {
        Err(Mine.into())
    }
    let fncy = TestFncy::start().unwrap();
    let login = FncyLogin::new(fncy.login().build().unwrap());
    let app = App::new().service(web::resource("/page").wrap(from_fn(fail)));
    let app = init_service(app.wrap(login)).await;
    let client = fncy.signed_in("alex", Actix(&app)).await.unwrap();
    let cookies = client.cookie_header();
    let ask = async || {
        let request = TestRequest::get().uri("/page");
        let request = request.insert_header(("cookie", &*cookies)).to_request();
        app.call(request).await.unwrap_err()
    };
    assert!(ask().await.as_error::<Mine>().is_some());

    // The refreshed session must not be lost with the error, even if its response is built several times.
    fncy.advance(Duration::from_secs(301));
    let error = ask().await;
    assert_eq!(error.to_string(), "mine");
    for _ in 0..2 {
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        let cookie = response.headers().get("set-cookie").unwrap();
        assert!(cookie.is_sensitive());
        assert_eq!(
            response.headers().get("cache-control").unwrap(),
            "private, no-store"
        );
        let body = actix_web::body::to_bytes(response.into_body())
            .await
            .unwrap();
        assert_eq!(body, "mine");
    }
}

#[actix_web::test]
async fn an_extractors_error_answers_each_time() {
    async fn twice(tokens: Result<Tokens, Error>) -> String {
        let error = tokens.unwrap_err();
        let [first, second] = [(), ()].map(|()| error.error_response());
        assert_eq!(first.status(), second.status());
        assert_eq!(first.headers().len(), second.headers().len());
        second.status().as_u16().to_string()
    }
    let (login, _provider) = login("", |builder| builder.public_path("/page"));
    let app = init_service(
        App::new().route("/bare", web::get().to(twice)).service(
            web::scope("")
                .wrap(FncyLogin::new(login))
                .route("/page", web::get().to(twice)),
        ),
    )
    .await;
    for (path, status) in [("/page", "401"), ("/bare", "500")] {
        let request = TestRequest::get().uri(path).to_request();
        assert_eq!(call_and_read_body(&app, request).await, status);
    }
}

#[actix_web::test]
async fn middleware_outside_may_name_the_plain_response() {
    async fn outside(
        request: ServiceRequest,
        next: Next<BoxBody>,
    ) -> Result<ServiceResponse, Error> {
        next.call(request).await
    }
    let (login, _provider) = login("", |builder| builder.public_path("/"));
    let app = App::new()
        .wrap(FncyLogin::new(login))
        .wrap(from_fn(outside))
        .route("/", web::get().to(home));
    let app = init_service(app).await;
    assert_eq!(gate!(app, "/"), "open");
}

#[actix_web::test]
async fn a_guard_of_the_applications_own_refuses_as_we_do() {
    async fn closed(deny: Deny) -> Result<String, AuthRejection> {
        Err(deny.forbidden())
    }
    async fn anonymous(deny: Deny) -> Result<String, AuthRejection> {
        Err(deny.unauthorized())
    }
    let (login, _provider) = login("", |builder| builder.public_prefix("/"));
    let app = init_service(
        App::new().route("/bare", web::get().to(closed)).service(
            web::scope("")
                .wrap(FncyLogin::new(login))
                .route("/closed", web::get().to(closed))
                .route("/anonymous", web::get().to(anonymous)),
        ),
    )
    .await;
    for (path, accept, status, holds) in [
        ("/closed", "text/html", 403, "<code>forbidden</code>"),
        ("/closed", "*/*", 403, r#""code":"forbidden""#),
        ("/anonymous", "text/html", 303, ""),
        ("/anonymous", "*/*", 401, r#""code":"sign_in_required""#),
        ("/bare", "*/*", 500, ""),
    ] {
        let request = TestRequest::get().uri(path);
        let request = request.insert_header(("accept", accept)).to_request();
        let response = call_service(&app, request).await;
        assert_eq!(response.status(), status, "{path}");
        let body = actix_web::test::read_body(response).await;
        assert!(String::from_utf8_lossy(&body).contains(holds), "{path}");
    }
}
