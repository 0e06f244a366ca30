//! Sign-in and consent: the sessions, the forms, and the response to the application.

pub(crate) mod approve;
pub(crate) mod authorization_response;
pub(crate) mod browsers;
pub(crate) mod flow;
pub(crate) mod forms;
mod next_step;
pub(crate) mod open_page;
pub(crate) mod session_cookie;
pub(crate) mod sign_out;
pub(crate) mod token_for;
