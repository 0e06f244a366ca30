// Here, the links of README.md lead to the pages of this version.
//! [manual]: manual
//! [quick start]: manual::quick_start
//! [where to put the layer]: manual::guides::layer
//! [public paths, guards and roles]: manual::guides::paths
//! [all settings]: manual::reference::settings
//! [going live]: manual::going_live
//! [proxies]: manual::operations::proxies
//! [troubleshooting]: manual::troubleshooting
#![doc = include_str!("../README.md")]
//! ## Endpoints
//!
//! The layer answers `/auth/login`, `/auth/callback`, `/auth/logout` and `/auth/session`, and for scripts
//! `/auth/sign-in.js` and `/auth/signed-in`. Each other path is the application's. By default all of them need a user.
//! [`LoginBuilder::public_path`] and [`LoginBuilder::public_prefix`] make exceptions.
//!
//! ## In this crate
//!
//! | item | what it is for |
//! | --- | --- |
//! | [`FncyLoginLayer`] | the layer. [`FncyLoginLayer::wrap`] takes a finished router, so that no route can be left out |
//! | [`CurrentUser`] | extracts the signed-in user; `Option<CurrentUser>` on pages for visitors too |
//! | [`FncyApi`] | extracts FNCY's API for the user: a client, and new tokens after a 401 |
//! | [`Tokens`] | extracts the tokens, for calls of FNCY's API |
//! | [`Session`] | extracts the session, to change its data, read the user again, or end it |
//! | [`require`](fn@require), [`require_scope`], [`require_async`], [`require_recent_sign_in`] | guards for `.route_layer(…)` |
//! | [`SignIn`], [`SignInOptions`] | a sign-in of a handler's own: more scopes, a prompt, a hint |
//! | [`RecentSignIn`] | extracts the user, if they signed in recently |
//! | [`Deny`] | the login's own 401 and 403, for a handler |
//! | [`AuthRejection`] | the error of an extractor that refuses |
//! | [`LoginReply`] | the reason of a response that the login wrote, in its extensions |
//! | [`LoginBuilder`], [`Setting`] | the settings, in code and in the environment |
//!
//! Many items come from the crate `fncy-login` or `fncy-login-core`. Their examples name that crate: write
//! `fncy_login_tower` in its place.
//!
//! ## The user in other extractors
//!
//! ```
//! use axum::RequestPartsExt;
//! use axum::extract::FromRequestParts;
//! use axum::http::request::Parts;
//! use fncy_login_tower::{AuthRejection, CurrentUser};
//!
//! struct PageHeader {
//!     name: Option<String>,
//! }
//!
//! impl<S: Sync> FromRequestParts<S> for PageHeader {
//!     type Rejection = AuthRejection;
//!
//!     async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
//!         let user: Option<CurrentUser> = parts.extract().await?;
//!         let name = user.and_then(|user| user.name().map(str::to_owned));
//!         Ok(Self { name })
//!     }
//! }
//! ```
//!
//! Middleware inside the login finds an [`AuthContext`] in the request's extensions.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod body;
mod convert;
#[cfg(feature = "axum")]
mod deny;
#[cfg(feature = "axum")]
mod extract;
mod future;
mod layer;
#[cfg(feature = "axum")]
mod rejection;
mod require;
mod service;
#[cfg(feature = "axum")]
mod sign_in;
#[cfg(feature = "axum")]
mod wrapped_router;

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

pub use crate::body::Body;
#[cfg(feature = "axum")]
pub use crate::deny::Deny;
#[cfg(feature = "axum")]
pub use crate::extract::{CurrentUser, FncyApi, RecentSignIn, Session, Tokens};
pub use crate::future::ResponseFuture;
pub use crate::layer::FncyLoginLayer;
#[cfg(feature = "axum")]
pub use crate::rejection::AuthRejection;
pub use crate::require::{
    RequireLayer, RequireService, require, require_async, require_recent_sign_in, require_scope,
};
pub use crate::service::FncyLoginService;
#[cfg(feature = "axum")]
pub use crate::sign_in::{SignIn, SignInResponse};
#[cfg(feature = "axum")]
pub use crate::wrapped_router::{
    AroundRouter, Layered, LayeredFuture, WrappedFuture, WrappedRouter,
};
