//! One signed-in GET, called in process: the framework bare, and with the login around it.

use std::convert::Infallible;

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::{App, Error, test, web};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use axum::routing::get;
use fncy_login::Login;
use tower::util::MapRequestLayer;
use tower::{Layer as _, ServiceExt as _};

use crate::interleave::Case;
use crate::sample::USER_ID;

/// A login and the cookies that it gave. Bare frameworks get the same cookies.
#[derive(Clone, Copy)]
pub struct SignedIn<'a> {
    /// The login.
    pub login: &'a Login,
    /// The `Cookie` header.
    pub cookies: &'a str,
}

/// A handler that asks for no user.
pub async fn hello() -> &'static str {
    "hello"
}

/// axum on its own.
pub const AXUM: &str = "axum, bare";
/// actix-web on its own.
pub const ACTIX: &str = "actix-web, bare";

/// All of them, with private cookies and with signed ones.
pub async fn cases(private: SignedIn<'_>, signed: SignedIn<'_>) -> Vec<Case> {
    let idle = Router::new()
        .route("/", get(hello))
        .layer(MapRequestLayer::new(|request| request));
    vec![
        axum_bare(private.cookies),
        axum("axum, a layer that does nothing", idle, private.cookies).beyond(AXUM),
        axum_layer("axum, Router::layer", private),
        axum_layer("axum, Router::layer, signed", signed),
        axum_service("axum, service around the router", private),
        axum_wrap("axum, wrap", private),
        actix_bare(private.cookies).await,
        actix_wrap("actix-web, wrap", private).await,
        actix_wrap("actix-web, wrap, signed", signed).await,
    ]
}

/// axum on its own.
pub fn axum_bare(cookies: &str) -> Case {
    axum(AXUM, Router::new().route("/", get(hello)), cookies)
}

/// axum with the login by `Router::layer`.
pub fn axum_layer(name: &str, visitor: SignedIn<'_>) -> Case {
    let layer = fncy_login_tower::FncyLoginLayer::new(visitor.login.clone());
    axum(name, axum_router().layer(layer), visitor.cookies).beyond(AXUM)
}

/// axum with the login as a service around the router.
pub fn axum_service(name: &str, visitor: SignedIn<'_>) -> Case {
    let layer = fncy_login_tower::FncyLoginLayer::new(visitor.login.clone());
    axum(name, layer.layer(axum_router()), visitor.cookies).beyond(AXUM)
}

/// axum with the login around the finished router.
pub fn axum_wrap(name: &str, visitor: SignedIn<'_>) -> Case {
    let layer = fncy_login_tower::FncyLoginLayer::new(visitor.login.clone());
    axum(name, layer.wrap(axum_router()), visitor.cookies).beyond(AXUM)
}

/// A router that asks for the user.
pub fn axum_router() -> Router {
    async fn hello(user: fncy_login_tower::CurrentUser) -> &'static str {
        assert_eq!(user.id(), USER_ID);
        "hello"
    }
    Router::new().route("/", get(hello))
}

/// A request to a router or another service, which must answer 200.
pub fn axum<S, B>(name: &str, service: S, cookies: &str) -> Case
where
    S: tower::Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone + 'static,
{
    let cookies = cookies.to_owned();
    Case::waiting(name, async move || {
        let request = Request::get("/").header("cookie", &cookies);
        let answer = service
            .clone()
            .oneshot(request.body(Body::empty()).unwrap());
        assert_eq!(answer.await.unwrap().status(), 200);
    })
}

/// actix-web on its own.
pub async fn actix_bare(cookies: &str) -> Case {
    let app = App::new().route("/", web::get().to(hello));
    actix(ACTIX, test::init_service(app).await, cookies)
}

/// actix-web with the login round it.
pub async fn actix_wrap(name: &str, visitor: SignedIn<'_>) -> Case {
    async fn hello(user: fncy_login_actix::CurrentUser) -> &'static str {
        assert_eq!(user.id(), USER_ID);
        "hello"
    }
    let layer = fncy_login_actix::FncyLogin::new(visitor.login.clone());
    let app = App::new().wrap(layer).route("/", web::get().to(hello));
    actix(name, test::init_service(app).await, visitor.cookies).beyond(ACTIX)
}

/// A request to an application, which must answer 200.
pub fn actix<S, B>(name: &str, app: S, cookies: &str) -> Case
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody,
{
    let cookies = cookies.to_owned();
    Case::waiting(name, async move || {
        let request = test::TestRequest::get().insert_header(("cookie", cookies.as_str()));
        let answer = app.call(request.to_request()).await;
        assert_eq!(answer.unwrap().status(), 200);
    })
}
