//! The sign-in: from the first redirect to the new session.

pub(crate) mod callback;
pub(crate) mod challenge;
pub(crate) mod login_loop;
pub(crate) mod redemption;
pub(crate) mod start;
pub(crate) mod transaction;
