//! What the OAuth endpoints read and write, as pure functions of a request and the settings.

pub(crate) mod authorize_request;
pub(crate) mod params;
pub(crate) mod pkce;
pub(crate) mod prompt;
pub(crate) mod refusal;
pub(crate) mod response;
pub(crate) mod scope;
pub(crate) mod sign_in_options;
