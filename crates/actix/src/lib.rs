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
//! .bind("127.0.0.1:3000")?
//! .run()
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The middleware owns the gate and four endpoints: `/auth/login`, `/auth/callback`,
//! `/auth/logout` and `/auth/session`. Everything else is the application's, and by default all of
//! it needs a user; [`Builder::public`] and its like make exceptions.
//!
//! Round a `scope`, the endpoints are reached only if they lie in it: let the redirect URI be
//! `…/scope/auth/callback`, or wrap the whole `App`.
//!
//! # Testing
//!
//! `fncy-login-testing` gives signed-in clients to the tests of an application, without a browser:
//! `cargo add --dev fncy-login-testing --features actix`.
//!
//! # Deployment
//!
//! Build **one** [`Login`] outside the factory and clone it into it: workers that share it redeem
//! each callback once. Where the application is comes from `FNCY_REDIRECT_URI` alone: no `Host`
//! and no `X-Forwarded-…` header is read.
//!
//! # More
//!
//! The [`manual`] has the reason for each default, how-tos, what an operator sees, and an entry for each
//! error code and symptom.

mod convert;
mod extract;
mod future;
mod layer;
mod service;

pub use fncy_login::coordinator;
pub use fncy_login::manual;
pub use fncy_login::{
    Approval, Builder, CheckError, ClientToken, ClientTokenError, ClientTokenErrorKind, Clock,
    Code, ConfigError, Language, LiveSession, Login, NewLogin, NotThisType, Page, PageSubject,
    Refusal, RenewedLogin, SessionEnd, Setting, Site, Timestamp, Tokens as SessionTokens, User,
    Visit, WayOn,
};

pub use crate::extract::{CurrentUser, Tokens};
pub use crate::layer::FncyLogin;
#[doc(hidden)]
pub use crate::service::FncyLoginMiddleware;
