// Here, the links of README.md lead to the pages of this version.
//! [manual]: manual
//! [quick start]: manual::quick_start
//! [all settings]: manual::reference::settings
//! [going live]: manual::going_live
//! [proxies]: manual::operations::proxies
//! [troubleshooting]: manual::troubleshooting
#![doc = include_str!("../README.md")]
//! ## Rules of this crate
//!
//! Requests to FNCY run in tasks of the current tokio runtime. If the browser that brought a code disconnects, the
//! exchange of the code goes on.
//!
//! Secrets are zeroised in the types and memories of this crate. The buffers of the HTTP and TLS crates are not.
//!
//! [`adapter`] has all types for an adapter to another framework.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod adapter;
mod bearer;
mod config;
mod handle;
mod hooks;
pub mod manual;
mod observe;
mod provider;
mod refresh;
mod request;
mod session;
pub mod store;
mod tls;
mod user_sessions;

pub use fncy_login_core::{
    Credential, DataError, ErrorCode, Reference, SessionRefusal, SessionTokens, SignInError,
    SignInOptions, Timestamp, User,
};

pub use crate::adapter::guard_answer::GuardAnswer;
pub use crate::adapter::login_reply::LoginReply;
pub use crate::adapter::rejection::RejectionKind;
pub use crate::bearer::bearer_check::BearerCheck;
#[cfg(feature = "jwt")]
pub use crate::bearer::jwt::{algorithm::JwtAlgorithm, jwt_keys::JwtKeys};
pub use crate::config::builder::LoginBuilder;
pub use crate::config::config_error::ConfigError;
pub use crate::config::secrets::secret_file::SecretFile;
pub use crate::config::setting::Setting;
pub use crate::hooks::approval::{Approval, NewLogin, RefreshedLogin, Refusal};
pub use crate::hooks::login_event::{EndedSessions, LoginEvent, LoginEventKind, RefusedBy};
pub use crate::hooks::request_context::RequestContext;
pub use crate::provider::api_error::ApiError;
pub use crate::provider::last_check::CheckError;

pub use crate::handle::client_address::RequestHeaders;
pub use crate::handle::drain::Drain;
pub use crate::handle::login::Login;
pub use crate::request::auth_context::AuthContext;
pub use crate::request::live_session::{LiveSession, SessionEnd};
pub use crate::session::refresh_user_error::RefreshUserError;
pub use crate::session::set_data_error::SetDataError;

/// A token for the application itself, apart from any user (RFC 6749, section 4.4).
pub mod client_token {
    pub use crate::provider::client_credentials::client_token::ClientToken;
    pub use crate::provider::client_credentials::client_token_error::{
        ClientTokenError, ClientTokenErrorKind,
    };
}

/// The clock that the login reads, for tests that move it.
pub mod clock {
    pub use crate::observe::clock::Clock;
}

/// How requests to FNCY are written, for [`LoginBuilder`].
pub mod dialect {
    pub use fncy_login_core::{RedirectParam, ScopeSeparator};

    pub use crate::provider::choices::{AccountPrompt, ClientAuth, TokenBody, UserinfoMethod};
}

/// The client that carries requests to FNCY, for an application that brings its own, and the types of its requests.
pub mod http_client {
    #[doc(no_inline)]
    pub use http::{HeaderMap, Request, Response};

    pub use crate::provider::http_client::{HttpClient, HttpClientError, HttpExchange};
}

/// The sessions of a user, as the application lists them.
pub mod sessions {
    pub use crate::user_sessions::listed_session::{
        ListedSession, ListedSessionId, ListedSessionIdError,
    };
    pub use crate::user_sessions::sessions_error::SessionsError;
}

/// The pages of the login, and its addresses for the application's own pages.
pub mod pages {
    pub use fncy_login_core::{Language, Page, PageSubject, Site, WayOn};
}
