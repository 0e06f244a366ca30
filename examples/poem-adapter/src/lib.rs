//! Login with FNCY for poem: an adapter of one's own, as `CONTRIBUTING.md` says how to write one.
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
//! Put it round the finished `Route`: what is outside isn't covered. What turns errors into other
//! responses, such as `catch_error`, goes inside: only responses leave the login.

mod convert;
mod extract;
mod layer;
mod service;

pub use crate::extract::{CurrentUser, Tokens};
pub use crate::layer::FncyLogin;
pub use crate::service::FncyLoginEndpoint;
