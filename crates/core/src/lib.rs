//! core
mod classify;
mod code;
mod codec;
mod cookies;
mod core;
mod entropy;
mod flow;
mod head;
mod json;
mod outcome;
mod page;
mod path;
mod provider;
mod return_to;
mod round;
mod seal;
mod secret;
mod secure_url;
mod session;
mod site;
mod step;
#[cfg(test)]
mod testing;
mod timestamp;
mod transaction;
mod user;
mod vault;

pub use crate::code::Code;
pub use crate::cookies::policy::CookiePolicy;
pub use crate::core::{Core, Settings};
pub use crate::entropy::Entropy;
pub use crate::head::Head;
pub use crate::outcome::{Admission, Outcome, Reply, Report, Severity};
pub use crate::path::PathRules;
pub use crate::provider::{
    Answer, AuthorizeParams, BadPointer, Failure, Provider, ProviderAnswer, RedirectParam,
    ReservedParam, UserPointers,
};
pub use crate::return_to::ReturnTo;
pub use crate::seal::{KeyRing, WeakSecret};
pub use crate::secret::Secret;
pub use crate::secure_url::{SecureUrl, UrlError};
pub use crate::session::Tokens;
pub use crate::site::{Site, SiteError};
pub use crate::step::{Exchange, Pending, Question, Redeem, Step, TokenKind};
pub use crate::timestamp::Timestamp;
pub use crate::user::User;
