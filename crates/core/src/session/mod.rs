//! The session: who is signed in, until when, and with which tokens.

pub(crate) mod open;
pub(crate) mod profile;
pub(crate) mod tokens;
pub(crate) mod user;
pub(crate) mod write;
