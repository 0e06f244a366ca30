//! The endpoints of the login, except the callback.

pub(crate) mod device;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod signed_in;
