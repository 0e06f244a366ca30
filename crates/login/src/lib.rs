//! The driver of FNCY Login: it answers what the core asks, and gives adapters one function to call.
//!
//! Applications use `fncy-login-tower` or `fncy-login-actix`, which re-export what they need of
//! this crate. An adapter for another framework needs three things of it:
//!
//! 1. [`Head`], implemented for the framework's request.
//! 2. [`Login::decide`] for each request, and a match over [`Decision`]: go on with a [`AuthContext`] in
//!    the request's extensions, or send a [`Reply`].
//! 3. Extractors that read the [`AuthContext`]: [`AuthContext::challenge`] where there is no user,
//!    [`AuthContext::tokens`] where a handler asks for tokens.
//!
//! What waits for FNCY runs in tasks of the current tokio runtime. The exchange of a code outlives
//! the connection of the browser that brought it.
//!
//! Secrets are zeroised in our own types and memories; the buffers of the HTTP and TLS crates are
//! not.

mod config;
pub mod manual;
mod observe;
mod provider;
mod refresh;
mod request;
pub mod store;
mod tls;

pub use fncy_login_core::{
    DataError, ErrorCode, Head, Language, Page, PageSubject, Placement, Reply, SessionTokens, Site,
    Timestamp, User, WayOn,
};

pub use crate::config::builder::LoginBuilder;
pub use crate::config::config_error::ConfigError;
pub use crate::config::secret_file::SecretFile;
pub use crate::config::setting::Setting;
pub use crate::observe::clock::Clock;
pub use crate::provider::check::CheckError;
pub use crate::provider::client_token::ClientToken;
pub use crate::provider::client_token_error::{ClientTokenError, ClientTokenErrorKind};
pub use crate::provider::http_client::{HttpClient, HttpClientError, HttpExchange};
pub use crate::request::approval::{Approval, NewLogin, RefreshedLogin, Refusal};
pub use crate::request::auth_context::{AuthContext, SignedIn};
pub use crate::request::client_address::RequestHeaders;
pub use crate::request::live_session::{LiveSession, SessionEnd};
pub use crate::request::login::{Decision, Login, Verdict};
pub use crate::request::response_patch::{Additions, Admitted, Finish};
