//! Other services: FNCY's API, for a user and for the application itself.

pub mod fncy_api;
pub mod machine;
