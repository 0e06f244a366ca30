//! Tokens of the application's own (RFC 6749, section 4.4), as this process keeps them.

pub(crate) mod client_token;
pub(crate) mod client_token_error;
pub(crate) mod client_tokens;
