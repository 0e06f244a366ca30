//! Recipes for Login with FNCY: one file each, complete from `pub fn app` on, with its tests.
//!
//! Each takes a [`LoginBuilder`](fncy_login_tower::LoginBuilder) and adds its own rules, so that a test has the same ones:
//! it gives `fncy.login()`, and `main` gives `Login::builder().env()`. `examples/README.md` has the index.

pub mod accounts;
pub mod front_ends;
pub mod operations;
mod page;
pub mod services;
pub mod sign_ins;
