//! The application's hooks: `on_login` and `on_refresh` decide, `on_event` is told.

pub(crate) mod approval;
pub(crate) mod ask;
pub(crate) mod events;
pub(crate) mod login_event;
pub(crate) mod request_context;
pub(crate) mod unless_it_panics;
