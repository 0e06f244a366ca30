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
//! let app: Router = Router::new()
//!     .route("/", get(home))
//!     .layer(FncyLogin::new(login));
//! # Ok(())
//! # }
//! ```
//!
//! The layer owns the gate and four endpoints: `/auth/login`, `/auth/callback`, `/auth/logout` and
//! `/auth/session`. Everything else is the application's, and by default all of it needs a user;
//! [`Builder::public`] and its like make exceptions.
//!
//! # `layer` or `wrap`
//!
//! - [`FncyLogin`] as a layer covers the routes that were added before it, and the fallback of a
//!   router that is neither nested nor merged.
//! - [`FncyLogin::wrap`] goes round a finished router: nothing in it is left out.
//! - Beneath `Router::nest`, a layer still sees the path as the browser sent it. Its endpoints are
//!   reached only if the outer router leads there: nest a router that was wrapped with
//!   `nest_service`, or wrap the outer one.
//!
//! # Deployment
//!
//! Where the application is comes from `FNCY_REDIRECT_URI` alone: no `Host` and no `X-Forwarded-…`
//! header is read, so a proxy needs no configuration and nobody can forge one. Without a shared
//! coordinator, what is said of replayed callbacks holds within one process.

mod body;
mod convert;
#[cfg(feature = "axum")]
mod extract;
mod future;
mod layer;
mod service;

pub use fncy_login::{
    Approval, Builder, Clock, ConfigError, Login, NewLogin, NotThisType, Refusal, Setting,
    Timestamp, User, Visit,
};

pub use crate::body::Body;
#[cfg(feature = "axum")]
pub use crate::extract::{CurrentUser, Tokens};
pub use crate::future::ResponseFuture;
pub use crate::layer::FncyLogin;
pub use crate::service::FncyLoginService;
