//! The session of a request, as its handler changes it.

pub(crate) mod open_session;
pub(crate) mod patch_slot;
pub(crate) mod refresh_tokens;
pub(crate) mod refresh_user;
pub(crate) mod refresh_user_error;
pub(crate) mod set_data_error;
