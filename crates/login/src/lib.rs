//! login
mod builder;
mod config_error;
mod cookie_secret;
mod env;
mod http_client;
mod login;
mod provider_client;
mod redemptions;
mod report;
mod setting;
mod visit;

pub use fncy_login_core::{Admission, Code, Head, Outcome, Reply, Site, Timestamp, Tokens, User};

pub use crate::builder::Builder;
pub use crate::config_error::ConfigError;
pub use crate::env::Clock;
pub use crate::login::{Decision, Login};
pub use crate::setting::Setting;
pub use crate::visit::Visit;
