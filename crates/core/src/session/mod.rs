//! The session: who is signed in, until when, and with which tokens.

pub(crate) mod found;
pub(crate) mod lifetimes;
pub(crate) mod open;
pub(crate) mod profile;
pub(crate) mod refusal;
pub(crate) mod revoked_session;
pub(crate) mod sealed_tokens;
pub(crate) mod session_ref;
pub(crate) mod user;
pub(crate) mod write;
