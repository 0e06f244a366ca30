//! The toy application on actix-web, with the middleware around it.

use std::convert::Infallible;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorNotFound, InternalError};
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, Scope, web};
use fncy_login::{AuthContext, Login};
use fncy_login_actix::{
    AuthRejection, CurrentUser, Deny, FncyApi, FncyLogin, RecentSignIn, Require, Session, SignIn,
    SignInResponse, Tokens, require, require_async, require_recent_sign_in, require_scope,
};
use futures_util::stream::once;

use super::{
    Calls, OWN_HEADERS, RECENT, WAITING, api, decide, is_alex, live_text, options, session,
};
use crate::browser::{Backend, RawRequest, RawResponse, Socket};

/// A server on a thread of its own. Dropping it ends the thread.
struct Server {
    socket: Socket,
    handle: ServerHandle,
}

impl Backend for Server {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        self.socket.send(request)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The call sends the message, and the future only waits for the end.
        drop(self.handle.stop(false));
    }
}

pub(super) fn serve(logins: Vec<Login>, mount: &'static str, calls: Calls) -> Arc<dyn Backend> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    serve_configured(listener, move |config| {
        let application = application(mount, &calls);
        match logins.as_slice() {
            [] => config.service(application),
            [only] => config.service(application.wrap(FncyLogin::new(only.clone()))),
            [outer, inner] => config.service(
                application
                    .wrap(FncyLogin::new(inner.clone()))
                    .wrap(FncyLogin::new(outer.clone())),
            ),
            _ => panic!("two logins at most"),
        };
    })
}

/// Serves any application on actix-web.
pub fn serve_configured(
    listener: TcpListener,
    configure: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> Arc<dyn Backend> {
    let socket = Socket(listener.local_addr().unwrap());
    let (send, received) = std::sync::mpsc::channel::<ServerHandle>();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(configure.clone()))
                .workers(2)
                .listen(listener)
                .unwrap()
                .run();
            send.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = received.recv().unwrap();
    Arc::new(Server { socket, handle })
}

fn application(mount: &str, calls: &Calls) -> Scope {
    web::scope(mount)
        .app_data(web::Data::new(calls.clone()))
        .route("/extract", web::get().to(extract))
        .route("/maybe", web::get().to(maybe))
        .route("/token", web::get().to(token))
        .route("/live", web::get().to(live))
        .route("/session", web::route().to(change))
        .route("/api", web::route().to(call))
        .route("/start", web::to(start))
        .route("/recent", web::to(recent))
        .service(web::resource("/missing").wrap(from_fn(missing)))
        .service(guarded("/needs/profile", require_scope("profile")))
        .service(guarded("/needs/write", require_scope("write")))
        .service(guarded(
            "/needs/recent",
            require_recent_sign_in(Duration::from_secs(RECENT)),
        ))
        .service(guarded("/needs/alex", require(is_alex)))
        .route("/needs/denied", web::get().to(denied))
        .service(Vec::from(WAITING.map(|guard| waiting(guard, calls))))
        .default_service(web::to(anything))
}

fn waiting(guard: &'static str, calls: &Calls) -> impl HttpServiceFactory + use<> {
    let calls = calls.clone();
    let check = require_async(move |user| decide(guard, user, calls.clone()));
    guarded(&format!("/needs/{guard}"), check)
}

fn guarded(path: &str, guard: Require) -> impl HttpServiceFactory + use<> {
    web::resource(path).wrap(guard).to(anything)
}

async fn extract(calls: web::Data<Calls>, user: CurrentUser) -> String {
    calls.answer("/extract", Some(&user))
}

async fn maybe(calls: web::Data<Calls>, user: Option<CurrentUser>) -> String {
    calls.answer("/maybe", user.as_deref())
}

async fn denied(deny: Deny) -> Result<HttpResponse, AuthRejection> {
    Err(deny.forbidden())
}

async fn token(tokens: Tokens) -> String {
    tokens.access_token().to_owned()
}

async fn live(user: CurrentUser) -> HttpResponse {
    let end = live_text(user.watch());
    let text = async { Ok::<_, Infallible>(web::Bytes::from(end.await)) };
    HttpResponse::Ok().streaming(Box::pin(once(text)))
}

/// A status of 400 or more is an error of the handler.
async fn change(
    calls: web::Data<Calls>,
    session: Session,
    request: HttpRequest,
) -> actix_web::Result<String> {
    let (status, text) = session::answer(&session, &calls, request.query_string()).await;
    match StatusCode::from_u16(status).unwrap() {
        StatusCode::OK => Ok(text),
        status => Err(InternalError::new(text, status).into()),
    }
}

async fn call(
    calls: web::Data<Calls>,
    fncy: FncyApi,
    user: CurrentUser,
    session: Result<Session, AuthRejection>,
    request: HttpRequest,
) -> Result<String, AuthRejection> {
    let (session, query) = (session.as_deref().ok(), request.query_string());
    Ok(api::answer(&fncy, &user, session, &calls, query).await?)
}

async fn start(sign_in: SignIn, request: HttpRequest) -> Result<SignInResponse, AuthRejection> {
    Ok(sign_in.start(options(request.uri().query()))?)
}

async fn recent(calls: web::Data<Calls>, user: RecentSignIn<RECENT>) -> String {
    calls.answer("/recent", Some(&user))
}

/// An error of middleware, which actix-web passes on as an error and not as a response.
async fn missing(_: ServiceRequest, _: Next<BoxBody>) -> actix_web::Result<ServiceResponse> {
    Err(ErrorNotFound("missing"))
}

async fn anything(calls: web::Data<Calls>, request: HttpRequest) -> HttpResponse {
    let extensions = request.extensions();
    let context = extensions.get::<AuthContext>();
    let user = context.and_then(AuthContext::user);
    let cookies = request.headers().get_all("cookie");
    calls.received(cookies.map(HeaderValue::as_bytes));
    let text = calls.answer(request.path(), user);
    let mut response = HttpResponse::Ok();
    if request.path().ends_with("/own") {
        for header in OWN_HEADERS {
            response.append_header(header);
        }
    }
    response.body(text)
}
