//! The way of a request from its head to a verdict, and the methods that a handler calls.

pub(crate) mod auth_context;
pub(crate) mod bearer;
pub(crate) mod challenge;
pub(crate) mod check;
pub(crate) mod client_token;
pub(crate) mod decide;
mod device;
pub(crate) mod live_session;
pub(crate) mod redeem;
pub(crate) mod response_patch;
pub(crate) mod sign_in;
pub(crate) mod verdict;
