//! The sessions of a user, as the application asks for them: ending, reading the user again, the list.

pub(crate) mod end;
pub(crate) mod list;
pub(crate) mod listed_session;
pub(crate) mod sessions_error;
