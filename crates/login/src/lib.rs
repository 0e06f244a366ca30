//! The driver of FNCY Login: it answers what the core asks, and gives adapters one function to call.
//!
//! Applications use `fncy-login-tower` or `fncy-login-actix`, which re-export what they need of
//! this crate. An adapter for another framework needs three things of it:
//!
//! 1. [`Head`], implemented for the framework's request.
//! 2. [`Login::decide`] for each request, and a match over [`Decision`]: go on with a [`Visit`] in
//!    the request's extensions, or send a [`Reply`].
//! 3. Extractors that read the [`Visit`]: [`Visit::challenge`] where there is no user,
//!    [`Visit::tokens`] where a handler asks for tokens.
//!
//! What waits for FNCY runs in tasks of the current tokio runtime. The exchange of a code outlives
//! the connection of the browser that brought it.
//!
//! Secrets are zeroised in our own types and memories; the buffers of the HTTP and TLS crates are
//! not.

mod admitted;
mod approval;
mod breaker;
mod build;
mod builder;
mod check;
mod client_address;
mod client_token;
mod client_token_error;
mod client_tokens;
mod coming;
mod config_error;
mod connector;
mod cookie_secret;
pub mod coordinator;
mod doubt;
mod drive;
mod ended;
mod env;
mod fading;
mod guessable;
mod hooks;
mod http_client;
mod hyper_client;
mod in_process;
mod live;
mod login;
pub mod manual;
#[cfg_attr(not(feature = "metrics"), path = "no_meter.rs")]
mod meter;
mod namesake;
mod outdated;
mod parser;
mod placement;
mod places;
mod provider_client;
mod redemptions;
mod refresher;
mod renewals;
mod revocation;
mod roots;
mod rules;
mod secret_file;
mod secret_files;
mod sender;
mod setting;
mod telemetry;
mod tls;
mod visit;
mod without_store;

pub use fncy_login_core::{
    Code, Head, Language, NotThisType, Page, PageSubject, Placement, Reply, Site, Timestamp,
    Tokens, User, WayOn,
};

pub use crate::admitted::{Additions, Admitted, Finish};
pub use crate::approval::{Approval, NewLogin, Refusal, RenewedLogin};
pub use crate::builder::Builder;
pub use crate::check::CheckError;
pub use crate::client_address::RequestHeaders;
pub use crate::client_token::ClientToken;
pub use crate::client_token_error::{ClientTokenError, ClientTokenErrorKind};
pub use crate::config_error::ConfigError;
pub use crate::env::Clock;
pub use crate::http_client::{HttpClient, HttpClientError, HttpExchange};
pub use crate::live::{LiveSession, SessionEnd};
pub use crate::login::{Decision, Login, Verdict};
pub use crate::secret_file::SecretFile;
pub use crate::setting::Setting;
pub use crate::visit::{SignedIn, Visit};
