//! The handle that an application holds, and what it has in common for all requests.

pub(crate) mod client_address;
pub(crate) mod coverage;
pub(crate) mod login;
pub(crate) mod redemptions;
pub(crate) mod replies;
pub(crate) mod revocation_check;
pub(crate) mod watched;
