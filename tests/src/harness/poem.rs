//! The toy application on poem, with the adapter of the examples around it.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use fncy_login::{AuthContext, Login};
use futures_util::stream::once;
use poem::endpoint::BoxEndpoint;
use poem::error::NotFoundError;
use poem::http::{HeaderValue, StatusCode, Uri};
use poem::listener::TcpAcceptor;
use poem::web::Data;
use poem::{Body, EndpointExt as _, IntoEndpoint, Request, Response, Route, Server, get, handler};
use poem_adapter::{
    AuthRejection, CurrentUser, FncyApi, FncyLogin, RecentSignIn, Session, SignIn, SignInResponse,
    Tokens,
};

use super::{Calls, OWN_HEADERS, RECENT, api, live_text, options, server, session};
use crate::browser::Backend;

/// The path that the pattern matches here, since poem's `nest` takes no patterns.
const LANGUAGES: [&str; 3] = ["/en", "/ko", "/docs"];

pub(super) fn serve(logins: Vec<Login>, mount: &'static str, calls: Calls) -> Arc<dyn Backend> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    serve_endpoint(listener, mounted(application(calls), logins, mount))
}

/// Serves any application on poem.
pub fn serve_endpoint(
    listener: TcpListener,
    app: impl IntoEndpoint + Send + 'static,
) -> Arc<dyn Backend> {
    let app = app.into_endpoint();
    server::spawn(listener, |listener| async {
        let acceptor = TcpAcceptor::from_tokio(listener)?;
        Server::new_with_acceptor(acceptor).run(app).await
    })
}

fn application(calls: Calls) -> BoxEndpoint<'static> {
    Route::new()
        .at("/extract", get(extract))
        .at("/maybe", get(maybe))
        .at("/token", get(token))
        .at("/live", get(live))
        .at("/session", change)
        .at("/api", call)
        .at("/start", start)
        .at("/recent", recent)
        .at("/missing", get(missing))
        .at("*", anything)
        .data(calls)
        .boxed()
}

fn mounted(app: BoxEndpoint<'static>, logins: Vec<Login>, mount: &str) -> BoxEndpoint<'static> {
    let app = logins
        .into_iter()
        .rev()
        .fold(app, |app, login| app.with(FncyLogin::new(login)).boxed());
    match mount {
        "" => app,
        "/{lang}" => {
            let app = Arc::new(app);
            let nested = LANGUAGES.map(|mount| (mount, Arc::clone(&app)));
            let route = nested
                .into_iter()
                .fold(Route::new(), |route, (mount, app)| route.nest(mount, app));
            route.boxed()
        }
        mount => Route::new().nest(mount, app).boxed(),
    }
}

#[handler]
async fn extract(calls: Data<&Calls>, user: CurrentUser) -> String {
    calls.answer("/extract", Some(&user))
}

#[handler]
async fn maybe(calls: Data<&Calls>, user: Option<CurrentUser>) -> String {
    calls.answer("/maybe", user.as_deref())
}

#[handler]
async fn token(tokens: Tokens) -> String {
    tokens.access_token().to_owned()
}

#[handler]
async fn live(user: CurrentUser) -> Body {
    let end = live_text(user.watch());
    Body::from_bytes_stream(once(async { Ok::<_, io::Error>(end.await) }))
}

/// A status of 400 or more is an error of the handler.
#[handler]
async fn change(calls: Data<&Calls>, session: Session, uri: &Uri) -> poem::Result<String> {
    let query = uri.query().unwrap_or_default();
    let (status, text) = session::answer(&session, &calls, query).await;
    match StatusCode::from_u16(status).unwrap() {
        StatusCode::OK => Ok(text),
        status => Err(poem::Error::from_string(text, status)),
    }
}

#[handler]
async fn call(
    calls: Data<&Calls>,
    fncy: FncyApi,
    user: CurrentUser,
    session: poem::Result<Session>,
    uri: &Uri,
) -> poem::Result<String> {
    let query = uri.query().unwrap_or_default();
    let session = session.as_deref().ok();
    let answer = api::answer(&fncy, &user, session, &calls, query).await;
    Ok(answer.map_err(AuthRejection::from)?)
}

#[handler]
async fn start(sign_in: SignIn, request: &Request) -> poem::Result<SignInResponse> {
    let started = sign_in.start(options(request.uri().query()));
    Ok(started.map_err(AuthRejection::from)?)
}

#[handler]
async fn recent(calls: Data<&Calls>, user: RecentSignIn<RECENT>) -> String {
    calls.answer("/recent", Some(&user))
}

#[handler]
async fn missing() -> poem::Result<()> {
    Err(NotFoundError.into())
}

#[handler]
async fn anything(calls: Data<&Calls>, request: &Request) -> Response {
    let context = request.data::<AuthContext>();
    let user = context.and_then(AuthContext::user);
    let path = request.uri().path();
    let cookies = request.headers().get_all("cookie").into_iter();
    calls.received(cookies.map(HeaderValue::as_bytes));
    let text = calls.answer(path, user);
    let mut response = Response::builder();
    if path.ends_with("/own") {
        for (name, value) in OWN_HEADERS {
            response = response.header(name, value);
        }
    }
    response.body(text)
}
