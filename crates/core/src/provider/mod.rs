//! The provider, from our side: where it is, how it is asked, what its answers mean.

mod answer;
mod authorize;
mod callback;
mod complaint;
mod scope;
mod settings;
mod token_answer;
mod user_data;

pub use answer::{Answer, Failure, ProviderAnswer};
pub(crate) use answer::{
    CLIENT_SETTINGS, DEFAULT_RETRY_AFTER, ProviderError, TOKEN_ENDPOINT, USER_DATA_ENDPOINT,
};
pub(crate) use authorize::{AuthorizeUrl, Pkce};
pub(crate) use callback::{Callback, Outcome as CallbackOutcome};
pub use scope::ScopeSeparator;
pub(crate) use scope::is_scope;
pub use settings::{AuthorizeParams, Provider, RedirectParam, ReservedParam, TokenDialect};
pub(crate) use token_answer::TokenSet;
pub(crate) use user_data::UserData;
pub use user_data::{BadPointer, UserPointers};
