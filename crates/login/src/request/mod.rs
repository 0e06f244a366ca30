//! One request: from its head to a verdict.

pub(crate) mod approval;
pub(crate) mod auth_context;
pub(crate) mod client_address;
pub(crate) mod live_session;
pub(crate) mod login;
pub(crate) mod placement;
pub(crate) mod redemptions;
pub(crate) mod response_patch;
pub(crate) mod revocation_check;
pub(crate) mod sign_in;
pub(crate) mod verdict;
