//! The way of a user through sign-in and consent, with a browser or without one.

pub(crate) mod approve;
pub(crate) mod authorization_response;
pub(crate) mod browsers;
pub(crate) mod flow;
pub(crate) mod forms;
mod next_step;
pub(crate) mod open_page;
pub(crate) mod session_cookie;
pub(crate) mod sign_out;
