//! The pure machine of FNCY Login: the head of a request and the time go in, and an outcome comes
//! out, or one question with a value that must be given back with the answer.
//!
//! Nothing here waits, retries, reads a clock, draws randomness or opens a socket. The driver,
//! `fncy-login`, does all of that; adapters translate its outcomes for a web framework.
//!
//! # The states
//!
//! ```text
//!  Core::begin(head, moment)                              Core::challenge(head, moment)
//!    |                                                                |
//!    |-- live session, or public path ----------> Done(Admit)         |
//!    |-- live session, idle for a while                               |
//!    |        v                                                       |
//!    |   Ask(Entropy) -- Stage::Roll -----------> Done(Admit)         |
//!    |-- live session, access token expired, or soon                  |
//!    |        v                                                       |
//!    |   Send(RefreshRequest) -- Stage::RefreshRequest -- refreshed -> Done(Admit)        |
//!    |        | refused, another user's --------- (no session) ----->\|
//!    |        | lost, while the old one lives --> Done(Admit)         |
//!    |        \ lost ---------------------------> Done(Reply) 503     |
//!    |-- live session, unsafe, another site's --> Done(Reply)         |
//!    |-- nobody knows whether it was ended -----> Done(Reply) 503     |
//!    |                                                                |
//!    |-- no session -------------------------------------------------\|
//!    |-- /login ------------------------------------------------------|
//!    |                                                                |
//!    |                        not a navigation, or a loop             |
//!    |   Done(Reply) <------------------------------------------------|
//!    |   ^                                                            | a navigation
//!    |   | 303 to FNCY, login cookie                                  v
//!    |   \--------------------------------------- Ask(Entropy) -- Stage::Start
//!    |
//!    |-- /callback: malformed, foreign, expired, refused --------> Done(Reply)
//!    |-- /callback: a code, and a login of this browser
//!    |        |
//!    |        v
//!    |   Send(Redeem) -- Stage::Redeem -- spent, refused, lost --> Done(Reply)
//!    |        | tokens
//!    |        v
//!    |   Send(UserData) -- Stage::UserData -- refused, lost -----> Done(Reply)
//!    |        | a user, if the application asks for a word over each
//!    |        |   Ask(Approve) -- Stage::Approve -- refused --------> Done(Reply)
//!    |        \ a new session ---------------------------------> Done(Reply)
//!    |-- POST /logout ------------------------------------------> Done(Reply)
//!    |-- GET /logout, /session ---------------------------------> Done(Reply)
//! ```
//!
//! Each `Send` and `Ask` comes with a [`Pending`], which [`Pending::resume`] consumes: no step can be
//! taken twice or out of order. An answer that doesn't fit its question ends in an internal error.
//!
//! # Layout
//!
//! | module | what it decides |
//! | --- | --- |
//! | `flow` | the ways through the machine, one file for each |
//! | `classify`, `cross_site`, `path`, `pattern`, `spelling`, `return_to` | what a request is, who sent it, whether it needs a user, where it may return to |
//! | `provider` | RFC 6749, 7636, 9207: the authorize URL, the callback, what answers mean |
//! | `seal`, `cookies`, `vault` | AES-256-GCM, HMAC-SHA256 and HKDF; reading and writing cookies; both together |
//! | `session`, `session_cookie`, `user`, `tokens` | the session: opening it, writing it, its two segments |
//! | `refresh`, `profile`, `shared` | the tokens of a session and what it says of its user, refreshed apart from any request; what instances tell one another |
//! | `client_token` | a token for the application itself, apart from any user |
//! | `transaction`, `round` | a login under way, a loop |
//! | `code`, `words`, `page`, `outcome` | what people, programs and operators are told |
//! | `format`, `language`, `grpc` | how it is said to whoever asked |
//! | `host` | which of several sites a request is for |
//! | `placement` | whether our endpoints can be reached where the login was put |
//!
//! # Intentional omissions
//!
//! - The implicit grant and the resource owner password credentials grant (RFC 9700, sections 2.1.2
//!   and 2.4).
//! - `response_mode=form_post`: the callback would need cross-site cookies.
//! - `Forwarded` and `X-Forwarded-…`: the redirect URI says where the application is. Where there are several, `Host`
//!   chooses among them, and no address is made of it.
//! - ID tokens: FNCY documents none. The user data's id is the only identity.
//! - A cache of opened cookies: opening one costs less than looking it up safely.

mod cookies;
mod core;
mod endpoints;
mod gate;
mod provider;
mod refresh;
mod refusal;
mod reply;
mod request;
mod rules;
mod seal;
mod session;
mod sign_in;
mod stage;
mod step;
#[cfg(test)]
mod testing;
mod values;

pub use crate::cookies::policy::CookiePolicy;
pub use crate::core::{Core, Settings};
pub use crate::provider::answer::{Answer, Failure, ProviderAnswer};
pub use crate::provider::client_token::{ClientGrant, NoClientGrant, NoGrantReason};
pub use crate::provider::scope::ScopeSeparator;
pub use crate::provider::settings::{
    AuthorizeParams, ParamError, Provider, RedirectParam, TokenDialect,
};
pub use crate::provider::user_data::{PointerError, UserPointers};
pub use crate::refresh::refreshed_tokens::{
    NotRefreshed, RefreshFailure, RefreshRequest, RefreshedTokens,
};
pub use crate::reply::event::{Event, SessionRefusal};
pub use crate::reply::outcome::{
    Admission, Ending, Outcome, PRIVATE, Reply, Report, Severity, Update,
};
pub use crate::reply::page::{OwnPage, Page, WayOn};
pub use crate::reply::words::PageSubject;
pub use crate::request::head::Head;
pub use crate::request::language::Language;
pub use crate::request::placement::{Coverage, Placement};
pub use crate::request::return_to::ReturnTo;
pub use crate::request::site::{Site, SiteError};
pub use crate::rules::path_rules::{Need, PathRules};
pub use crate::seal::Protection;
pub use crate::seal::key_ring::{KeyRing, SecretError};
pub use crate::session::open::{Lifetimes, MAX_SKEW, Moment, Shown, Standing};
pub use crate::session::profile::Profile;
pub use crate::session::tokens::SessionTokens;
pub use crate::session::user::{DataError, RevokedSession, SessionRef, User};
pub use crate::step::{Exchange, Newcomer, Pending, Question, Redeem, Revoke, Step, TokenKind};
pub use crate::values::code::ErrorCode;
pub use crate::values::entropy::Entropy;
pub use crate::values::newest::Newest;
pub use crate::values::secret::Secret;
pub use crate::values::secure_url::{SecureUrl, UrlError};
pub use crate::values::timestamp::Timestamp;
