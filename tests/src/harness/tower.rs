//! The toy application on axum, with the tower layer around it.

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Router, ServiceExt as _};
use fncy_login::{AuthContext, Login};
use fncy_login_tower::{
    AuthRejection, CurrentUser, Deny, FncyApi, FncyLoginLayer, RecentSignIn, RequireLayer, Session,
    SignIn, SignInResponse, Tokens, require, require_async, require_recent_sign_in, require_scope,
};
use futures_util::stream::once;
use tower_service::Service;

use super::{
    Calls, OWN_HEADERS, RECENT, WAITING, api, decide, is_alex, live_text, options, server, session,
};
use crate::browser::Backend;

pub(super) fn serve(logins: Vec<Login>, mount: &'static str, calls: Calls) -> Arc<dyn Backend> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    serve_router(listener, mounted(application(calls), logins, mount))
}

fn application(calls: Calls) -> Router {
    Router::new()
        .route("/extract", get(extract))
        .route("/maybe", get(maybe))
        .route("/token", get(token))
        .route("/live", get(live))
        .route("/session", any(change))
        .route("/api", any(call))
        .route("/start", any(start))
        .route("/recent", any(recent))
        .route("/missing", get(missing))
        .merge(guarded("/needs/profile", require_scope("profile")))
        .merge(guarded("/needs/write", require_scope("write")))
        .merge(guarded(
            "/needs/recent",
            require_recent_sign_in(Duration::from_secs(RECENT)),
        ))
        .merge(guarded("/needs/alex", require(is_alex)))
        .merge(waiting(&calls))
        .route("/needs/denied", get(denied))
        .fallback(anything)
        .with_state(calls)
}

fn waiting(calls: &Calls) -> Router<Calls> {
    WAITING.into_iter().fold(Router::new(), |router, guard| {
        let calls = calls.clone();
        let check = require_async(move |user| decide(guard, user, calls.clone()));
        router.merge(guarded(&format!("/needs/{guard}"), check))
    })
}

fn guarded(path: &str, guard: RequireLayer) -> Router<Calls> {
    Router::new().route(path, get(anything)).route_layer(guard)
}

fn mounted(router: Router, logins: Vec<Login>, mount: &'static str) -> Router {
    let router = logins.into_iter().rev().fold(router, |router, login| {
        router.layer(FncyLoginLayer::new(login))
    });
    match mount {
        "" => router,
        "/{lang}" => Router::new().nest_service(mount, router),
        mount => Router::new().nest(mount, router),
    }
}

/// Serves an application on axum: a router, or a wrapped router.
pub fn serve_router<S>(listener: TcpListener, app: S) -> Arc<dyn Backend>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    server::spawn(listener, |listener| async {
        axum::serve(listener, app.into_make_service()).await
    })
}

async fn extract(State(calls): State<Calls>, user: CurrentUser) -> String {
    calls.answer("/extract", Some(&user))
}

async fn maybe(State(calls): State<Calls>, user: Option<CurrentUser>) -> String {
    calls.answer("/maybe", user.as_deref())
}

async fn denied(deny: Deny) -> AuthRejection {
    deny.forbidden()
}

async fn token(tokens: Tokens) -> String {
    tokens.access_token().to_owned()
}

async fn live(user: CurrentUser) -> Body {
    let end = live_text(user.watch());
    Body::from_stream(once(async { Ok::<_, Infallible>(end.await) }))
}

async fn change(
    State(calls): State<Calls>,
    session: Session,
    RawQuery(query): RawQuery,
) -> (StatusCode, String) {
    let (status, text) = session::answer(&session, &calls, &query.unwrap_or_default()).await;
    (StatusCode::from_u16(status).unwrap(), text)
}

async fn call(
    State(calls): State<Calls>,
    fncy: FncyApi,
    user: CurrentUser,
    session: Result<Session, AuthRejection>,
    RawQuery(query): RawQuery,
) -> Result<String, AuthRejection> {
    let query = query.unwrap_or_default();
    let session = session.as_deref().ok();
    Ok(api::answer(&fncy, &user, session, &calls, &query).await?)
}

async fn start(sign_in: SignIn, uri: Uri) -> Result<SignInResponse, AuthRejection> {
    Ok(sign_in.start(options(uri.query()))?)
}

async fn recent(State(calls): State<Calls>, user: RecentSignIn<RECENT>) -> String {
    calls.answer("/recent", Some(&user))
}

async fn missing() -> Result<(), StatusCode> {
    Err(StatusCode::NOT_FOUND)
}

async fn anything(State(calls): State<Calls>, request: Request) -> Response {
    let context = request.extensions().get::<AuthContext>();
    let user = context.and_then(AuthContext::user);
    let path = request.uri().path();
    let cookies = request.headers().get_all("cookie").into_iter();
    calls.received(cookies.map(HeaderValue::as_bytes));
    let text = calls.answer(path, user);
    if path.ends_with("/own") {
        return (OWN_HEADERS, text).into_response();
    }
    text.into_response()
}
