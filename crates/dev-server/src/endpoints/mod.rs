//! The endpoints that applications and tools call, and the front page.

pub(crate) mod authorize;
mod client_auth;
pub(crate) mod control;
pub(crate) mod front_page;
pub(crate) mod introspect;
pub(crate) mod jwks;
mod request_body;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod user_data;
