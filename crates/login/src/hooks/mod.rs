//! The application's hooks over sign-ins and refreshes: `on_login`, `on_refresh`.

pub(crate) mod approval;
pub(crate) mod ask;
