//! Users: their rows in a database of the application's own, their roles, and what a session keeps for them.

pub mod cart;
pub mod device_bound;
pub mod devices;
pub mod own_roles;
pub mod roles;
pub mod users;
