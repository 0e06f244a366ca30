//! The session: its user, its times and its tokens.

pub(crate) mod device_cookie;
pub(crate) mod found;
pub(crate) mod lifetimes;
pub(crate) mod open;
pub(crate) mod profile;
pub(crate) mod refusal;
pub(crate) mod revoked_session;
pub(crate) mod sealed_tokens;
pub(crate) mod segment;
pub(crate) mod session_ref;
pub(crate) mod status;
pub(crate) mod user;
pub(crate) mod write;
