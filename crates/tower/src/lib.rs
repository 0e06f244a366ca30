//! Login with FNCY for axum and every other tower application: one layer, and its users sign in.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use fncy_login_tower::{CurrentUser, FncyLogin, Login};
//!
//! async fn home(user: CurrentUser) -> String {
//!     format!("Hello, {}", user.id())
//! }
//!
//! # fn main() -> Result<(), fncy_login_tower::ConfigError> {
//! let login = Login::from_env()?;
//! let app: Router = FncyLogin::new(login).wrap(Router::new().route("/", get(home)));
//! # Ok(())
//! # }
//! ```
//!
//! The layer owns the gate and four endpoints: `/auth/login`, `/auth/callback`, `/auth/logout` and
//! `/auth/session`. Everything else is the application's, and by default all of it needs a user;
//! [`LoginBuilder::public_path`] and its like make exceptions.
//!
//! # `wrap` or `layer`
//!
//! ```no_run
//! # use axum::Router;
//! # use fncy_login_tower::{FncyLogin, Login};
//! # fn apps(login: Login, router: Router) {
//! // Around the finished router: nothing in it can be left out.
//! let app: Router = FncyLogin::new(login.clone()).wrap(router.clone());
//! // What the router holds now: add routes and the fallback before.
//! let app: Router = router.layer(FncyLogin::new(login));
//! # drop(app);
//! # }
//! ```
//!
//! Take [`FncyLogin::wrap`] if you can: both cost the same, and the layer can be put where our endpoints are not
//! reached.
//!
//! - As a layer, it covers nested and merged routers too, and the router's fallback, where our endpoints are.
//! - A `.fallback(…)` that is added after the layer takes the place of our endpoints.
//! - Don't nest a router that carries the layer into another one: axum drops its fallback. A wrapped router can be
//!   nested: guards then hold for the path that the browser sent and for what `nest` leaves of it, and a page is
//!   public if both paths are.
//! - Never use `route_layer`: it leaves out the fallback.
//! - Such a mistake is one line in the log, at the first request that shows it.
//! - A login that is only sometimes there: `match` on the option, and `wrap` in one arm. tower's `option_layer` needs
//!   the same response type with and without the layer.
//! - For `axum::serve`, or a layer around all routing such as `NormalizePathLayer`, use what `wrap` returns.
//!   `into_make_service` of `FncyLogin::new(login).layer(router)` doesn't compile, since axum serves its own body
//!   type only.
//! - axum 0.7 takes the layer too, without the default feature `axum`. Handlers read the [`AuthContext`] then. Add it to the
//!   whole application: of a nest of axum 0.7 it sees the stripped path only.
//! - Below a sub-path nest what was wrapped, as a service: `.nest_service("/sub", FncyLogin::new(login).wrap(site))`.
//!   `/sub` and `/sub/` are its front page then, and what is beside it is none of the login's.
//! - A CORS layer goes outside: refusals then carry its headers, and preflights never reach us. So does a
//!   `TraceLayer`, which then sees sign-ins and refusals. Its default span has the whole address, and so the
//!   code of a callback: give it one with the path,
//!   `.make_span_with(|request: &Request| tracing::info_span!("request", path = request.uri().path()))`.
//! - Outside of `wrap` no route is known yet, so that a `TraceLayer` there finds no `MatchedPath`. One inside finds it,
//!   `wrap(router.layer(trace))`, and sees no sign-ins and refusals. Use both, or `.layer` in place of `wrap`.
//! - A `TraceLayer` with `include_headers(true)` shows no cookie inside the login, which marks them as sensitive.
//!   Outside, put tower-http's `SetSensitiveRequestHeadersLayer` around it.
//! - A time-out outside is longer than 15 seconds, which is what a sign-in or a refresh may take.
//!
//! # The user, on every page
//!
//! `Option<CurrentUser>` is who is signed in, if anybody is. An extractor of the application's own asks for it
//! like a handler; middleware inside the login finds a [`AuthContext`] in the extensions.
//!
//! ```
//! use axum::RequestPartsExt;
//! use axum::extract::FromRequestParts;
//! use axum::http::request::Parts;
//! use axum::response::Response;
//! use fncy_login_tower::CurrentUser;
//!
//! struct PageHeader {
//!     name: Option<String>,
//! }
//!
//! impl<S: Sync> FromRequestParts<S> for PageHeader {
//!     type Rejection = Response;
//!
//!     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
//!         let user: Option<CurrentUser> = parts.extract().await?;
//!         let name = user.and_then(|user| user.name().map(str::to_owned));
//!         Ok(Self { name })
//!     }
//! }
//! ```
//!
//! # Testing
//!
//! `fncy-login-testing` gives signed-in clients to the tests of an application, without a browser:
//! `cargo add --dev fncy-login-testing --features axum`.
//!
//! # Deployment
//!
//! Where the application is comes from `FNCY_REDIRECT_URI` alone: no `X-Forwarded-…` header is
//! read, and `Host` only to choose among several redirect URIs, so a proxy needs no configuration for it. Several instances share a
//! [`store`]; without one a callback is redeemed once in each process, and not once in all.
//!
//! # More
//!
//! The [`manual`] has the reason for each default, how-tos, what an operator sees, and an entry for each
//! error code and symptom.

mod body;
mod convert;
#[cfg(feature = "axum")]
mod deny;
#[cfg(feature = "axum")]
mod extract;
mod future;
mod layer;
mod service;

pub use fncy_login::manual;
pub use fncy_login::store;
pub use fncy_login::{
    Approval, AuthContext, CheckError, ClientToken, ClientTokenError, ClientTokenErrorKind, Clock,
    ConfigError, DataError, ErrorCode, HttpClient, HttpClientError, HttpExchange, Language,
    LiveSession, Login, LoginBuilder, NewLogin, Page, PageSubject, RefreshedLogin, Refusal,
    RequestHeaders, SessionEnd, SessionTokens, Setting, Site, Timestamp, User, WayOn,
};

pub use crate::body::Body;
#[cfg(feature = "axum")]
pub use crate::deny::Deny;
#[cfg(feature = "axum")]
pub use crate::extract::{CurrentUser, Tokens};
pub use crate::future::ResponseFuture;
pub use crate::layer::FncyLogin;
pub use crate::service::FncyLoginService;
