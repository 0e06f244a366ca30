//! Front ends: pages of the server, htmx, a single-page application.

pub mod htmx;
pub mod spa;
pub mod templates;
