//! Users: their rows in a database of the application's own, and their roles.

pub mod roles;
pub mod users;
