//! `Login`, the handle that an application holds, and the state that all its requests share.

pub(crate) mod caller;
pub(crate) mod client_address;
pub(crate) mod coverage;
pub(crate) mod drain;
pub(crate) mod listing;
pub(crate) mod login;
pub(crate) mod redemptions;
pub(crate) mod replies;
pub(crate) mod revocation_check;
pub(crate) mod shared;
pub(crate) mod watched;
