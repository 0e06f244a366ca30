//! Login with FNCY for actix-web: one middleware, and its users sign in.
//!
//! ```no_run
//! use actix_web::{App, HttpServer, web};
//! use fncy_login_actix::{CurrentUser, FncyLogin, Login};
//!
//! async fn home(user: CurrentUser) -> String {
//!     format!("Hello, {}", user.id())
//! }
//!
//! # #[actix_web::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let login = Login::from_env()?;
//! HttpServer::new(move || {
//!     App::new()
//!         .wrap(FncyLogin::new(login.clone()))
//!         .route("/", web::get().to(home))
//! })
//! .bind("localhost:3000")?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The middleware owns the gate and four endpoints: `/auth/login`, `/auth/callback`,
//! `/auth/logout` and `/auth/session`. Everything else is the application's, and by default all of
//! it needs a user; [`LoginBuilder::public_path`] and its like make exceptions.
//!
//! # The order of wraps
//!
//! In actix-web the last `.wrap` is the outermost. What needs the user comes before the login, what changes
//! paths or sees everything after it:
//!
//! ```no_run
//! # use actix_web::{App, middleware::{Logger, NormalizePath}};
//! # use fncy_login_actix::{FncyLogin, Login};
//! # fn app(login: Login) {
//! let app = App::new()
//!     // … middleware that needs the user
//!     .wrap(FncyLogin::new(login))
//!     .wrap(NormalizePath::trim())
//!     // … CORS, compression
//!     .wrap(Logger::default().exclude_regex("/auth/callback"));
//! # drop(app);
//! # }
//! ```
//!
//! `NormalizePath` inside the login would serve paths that the login has not judged. CORS outside lets
//! refusals carry its headers, and a `Logger` outside sees sign-ins and refusals; the callback's address has a
//! code in it.
//!
//! An error that middleware inside returns goes on to middleware outside as the same error. It takes along a session
//! that was refreshed, and no default `Cache-Control`: an error has no headers. A header of your own for errors is
//! middleware's business, such as `DefaultHeaders`.
//!
//! actix-web has no marked request headers: a logger that writes `%{Cookie}i` writes the session.
//!
//! # Below a sub-path
//!
//! Wrap the scope, `web::scope("/sub").wrap(FncyLogin::new(login))`, with the redirect URI
//! `https://app.example/sub/auth/callback`: the endpoints are in it, and what is beside it is none of the
//! login's. Rules are written without the sub-path. `NormalizePath::trim()` makes `/sub/`, where sign-ins
//! end that asked for no page, into `/sub`: give the scope a `.route("", …)`, or say [`LoginBuilder::home_path`].
//! In another scope, such as `/{lang}`, guards hold for the browser's path and for what the scope leaves of it, and a
//! page is public if both paths are.
//!
//! # The user, on every page
//!
//! `Option<CurrentUser>` is who is signed in, if anybody is. Middleware inside the login takes it like a
//! handler:
//!
//! ```
//! use actix_web::body::MessageBody;
//! use actix_web::dev::{ServiceRequest, ServiceResponse};
//! use actix_web::middleware::Next;
//! use fncy_login_actix::CurrentUser;
//!
//! /// For `.wrap(from_fn(count))`.
//! async fn count(
//!     user: Option<CurrentUser>,
//!     request: ServiceRequest,
//!     next: Next<impl MessageBody>,
//! ) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
//!     println!("a request of {:?}", user.map(|user| user.id().to_owned()));
//!     next.call(request).await
//! }
//! ```
//!
//! # Event streams
//!
//! A stream ends with its session by `take_until` of `futures-util`:
//!
//! ```
//! use actix_web::web::Bytes;
//! use actix_web::{Error, HttpResponse};
//! use fncy_login_actix::CurrentUser;
//! use futures_util::StreamExt;
//! use futures_util::stream::repeat;
//!
//! async fn events(user: CurrentUser) -> HttpResponse {
//!     let session = user.watch();
//!     let ended = Box::pin(async move { session.ended().await });
//!     let events = repeat(Bytes::from("data: tick\n\n")).take_until(ended);
//!     HttpResponse::Ok()
//!         .content_type("text/event-stream")
//!         .streaming(events.map(Ok::<_, Error>))
//! }
//! ```
//!
//! # Testing
//!
//! `fncy-login-testing` gives signed-in clients to the tests of an application, without a browser:
//! `cargo add --dev fncy-login-testing --features actix`.
//!
//! # Deployment
//!
//! Build **one** [`Login`] outside the factory and clone it into it: workers that share it redeem
//! each callback once. Where the application is comes from `FNCY_REDIRECT_URI` alone: no
//! `X-Forwarded-…` header is read, and `Host` only to choose among several redirect URIs.
//!
//! # More
//!
//! The [`manual`] has the reason for each default, how-tos, what an operator sees, and an entry for each
//! error code and symptom.

mod convert;
mod deny;
mod extract;
mod future;
mod layer;
mod rejection;
mod service;

pub use fncy_login::manual;
pub use fncy_login::store;
pub use fncy_login::{
    Approval, AuthContext, CheckError, ClientToken, ClientTokenError, ClientTokenErrorKind, Clock,
    ConfigError, DataError, ErrorCode, HttpClient, HttpClientError, HttpExchange, Language,
    LiveSession, Login, LoginBuilder, NewLogin, Page, PageSubject, RefreshedLogin, Refusal,
    RequestHeaders, SessionEnd, SessionTokens, Setting, Site, Timestamp, User, WayOn,
};

pub use crate::deny::Deny;
pub use crate::extract::{CurrentUser, Tokens};
pub use crate::layer::FncyLogin;
#[doc(hidden)]
pub use crate::service::FncyLoginMiddleware;
