//! Steps and assertions that several scenarios share.
//!
//! Rule: a scenario imports from here and from the world, and never from another scenario.

pub(crate) mod api;
pub(crate) mod bearer;
pub(crate) mod callback;
pub(crate) mod device;
pub(crate) mod device_key;
pub(crate) mod events;
pub(crate) mod reference;
pub(crate) mod session;
pub(crate) mod session_cookie;
pub(crate) mod strangers;
pub(crate) mod token_answer;
