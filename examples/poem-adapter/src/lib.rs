//! Login with FNCY for poem: an adapter written by the page "How to write an adapter" in `CONTRIBUTING.md`.
//!
//! ```no_run
//! use fncy_login::Login;
//! use poem::{EndpointExt, Route, get, handler};
//! use poem_adapter::{CurrentUser, FncyLogin};
//!
//! #[handler]
//! async fn home(user: CurrentUser) -> String {
//!     format!("Hello, {}", user.id())
//! }
//!
//! # fn main() -> Result<(), fncy_login::ConfigError> {
//! let login = Login::from_env()?;
//! let app = Route::new().at("/", get(home)).with(FncyLogin::new(login));
//! # drop(app);
//! # Ok(())
//! # }
//! ```
//!
//! Put it around the finished `Route`: routes outside are not covered. Middleware that turns errors into other responses,
//! such as `catch_error`, goes inside: no error leaves the login.

mod convert;
mod extract;
mod layer;
mod service;
mod sign_in;

pub use crate::extract::{AuthRejection, CurrentUser, FncyApi, RecentSignIn, Session, Tokens};
pub use crate::layer::FncyLogin;
pub use crate::service::FncyLoginEndpoint;
pub use crate::sign_in::{SignIn, SignInResponse};
