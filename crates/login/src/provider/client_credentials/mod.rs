//! The application's own access tokens (RFC 6749, section 4.4), kept in this process.

pub(crate) mod client_token;
pub(crate) mod client_token_error;
pub(crate) mod client_tokens;
