//! The refresh of a session's tokens (RFC 6749, section 6).

pub(crate) mod refreshed_tokens;
pub(crate) mod request;
pub(crate) mod sealed_result;
