//! Recipes for Login with FNCY: one module each, complete from `pub fn app` on, with its tests.
//!
//! Each takes a [`LoginBuilder`](fncy_login_tower::LoginBuilder) and adds its own rules, so that a test has the same ones:
//! it gives `fncy.login()`, and `main` gives `Login::builder().env()`. `examples/README.md` has the index.

pub mod fncy_api;
pub mod htmx;
pub mod instances;
pub mod machine;
pub mod metrics;
pub mod nginx;
mod page;
pub mod roles;
pub mod spa;
pub mod templates;
pub mod users;
