// Here, the links of README.md lead to the pages of this version.
//! [manual]: manual
//! [quick start]: manual::quick_start
//! [where to put the middleware]: manual::guides::layer
//! [public paths, guards and roles]: manual::guides::paths
//! [all settings]: manual::reference::settings
//! [going live]: manual::going_live
//! [proxies]: manual::operations::proxies
//! [troubleshooting]: manual::troubleshooting
#![doc = include_str!("../README.md")]
//! ## Endpoints
//!
//! The middleware answers `/auth/login`, `/auth/callback`, `/auth/logout` and `/auth/session`, and for scripts
//! `/auth/sign-in.js` and `/auth/signed-in`. Each other path is the application's. By default all of them need a user.
//! [`LoginBuilder::public_path`] and [`LoginBuilder::public_prefix`] make exceptions.
//!
//! Build **one** [`Login`] outside the factory, and clone it inside. Workers that share it redeem each code once.
//!
//! ## In this crate
//!
//! | item | what it is for |
//! | --- | --- |
//! | [`FncyLogin`] | the middleware, for an `App` or a scope |
//! | [`CurrentUser`] | extracts the signed-in user; `Option<CurrentUser>` on pages for visitors too |
//! | [`FncyApi`] | extracts FNCY's API for the user: a client, and new tokens after a 401 |
//! | [`Tokens`] | extracts the tokens, for calls of FNCY's API |
//! | [`Session`] | extracts the session, to change its data, read the user again, or end it |
//! | [`require`](fn@require), [`require_scope`], [`require_async`], [`require_recent_sign_in`] | guards for `.wrap(…)` of a scope or a resource |
//! | [`SignIn`], [`SignInOptions`] | a sign-in of a handler's own: more scopes, a prompt, a hint |
//! | [`RecentSignIn`] | extracts the user, if they signed in recently |
//! | [`Deny`] | the login's own 401 and 403, for a handler |
//! | [`AuthRejection`] | the error of an extractor that refuses |
//! | [`LoginReply`] | the reason of a response that the login wrote, in its extensions |
//! | [`LoginBuilder`], [`Setting`] | the settings, in code and in the environment |
//!
//! Many items come from the crate `fncy-login` or `fncy-login-core`. Their examples name that crate: write
//! `fncy_login_actix` in its place.
//!
//! ## Errors of middleware inside
//!
//! Middleware inside the login may return an error in place of a response. The login passes the error on to the
//! middleware outside. actix-web then makes a response of it, which sets the cookie of a refreshed session, but has no
//! default `Cache-Control`. To set headers of such responses, use middleware, such as `DefaultHeaders`.
//!
//! actix-web can't mark headers of requests as sensitive: a logger that writes `%{Cookie}i` writes the session.
//!
//! ## The user in middleware
//!
//! Middleware inside the login takes an `Option<CurrentUser>` as handlers do:
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
//! ## Event streams
//!
//! A stream ends with its session by `take_until`. This example needs `cargo add futures-util`:
//!
//! ```
//! use std::time::Duration;
//!
//! use actix_web::rt::time::sleep;
//! use actix_web::web::Bytes;
//! use actix_web::{Error, HttpResponse};
//! use fncy_login_actix::CurrentUser;
//! use futures_util::StreamExt;
//! use futures_util::stream::unfold;
//!
//! async fn events(user: CurrentUser) -> HttpResponse {
//!     let session = user.watch();
//!     let ended = Box::pin(async move { session.ended().await });
//!     let ticks = unfold((), async |()| {
//!         sleep(Duration::from_secs(1)).await;
//!         Some((Bytes::from("data: tick\n\n"), ()))
//!     });
//!     HttpResponse::Ok()
//!         .content_type("text/event-stream")
//!         .streaming(ticks.take_until(ended).map(Ok::<_, Error>))
//! }
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod convert;
mod deny;
mod extract;
mod future;
mod layer;
mod rejection;
mod require;
mod service;
mod sign_in;

pub use fncy_login::{
    ApiError, Approval, AuthContext, BearerCheck, CheckError, ConfigError, Credential, DataError,
    Drain, EndedSessions, ErrorCode, GuardAnswer, LiveSession, Login, LoginBuilder, LoginEvent,
    LoginEventKind, LoginReply, NewLogin, Reference, RefreshUserError, RefreshedLogin, Refusal,
    RefusedBy, RejectionKind, RequestContext, RequestHeaders, SessionEnd, SessionRefusal,
    SessionTokens, SetDataError, Setting, SignInError, SignInOptions, Timestamp, User,
};
#[cfg(feature = "jwt")]
pub use fncy_login::{JwtAlgorithm, JwtKeys};
#[doc(inline)]
pub use fncy_login::{client_token, clock, dialect, http_client, manual, pages, sessions, store};

pub use crate::deny::Deny;
pub use crate::extract::{CurrentUser, FncyApi, RecentSignIn, Session, Tokens};
pub use crate::layer::FncyLogin;
pub use crate::rejection::AuthRejection;
#[doc(hidden)]
pub use crate::require::RequireMiddleware;
pub use crate::require::{Require, require, require_async, require_recent_sign_in, require_scope};
#[doc(hidden)]
pub use crate::service::FncyLoginMiddleware;
pub use crate::sign_in::{SignIn, SignInResponse};
