//! The application's hooks over sign-ins and refreshes: `on_login`, `on_refresh`.

pub(crate) mod approval;
pub(crate) mod ask;
pub(crate) mod request_context;
pub(crate) mod unless_it_panics;
