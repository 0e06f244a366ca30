//! Tests of FNCY Login from the outside: a browser model, servers not written here, and the
//! scenarios in which the two meet an application.
//!
//! - [`browser`]: what a browser keeps, sends and follows.
//! - [`corpora`]: data that others wrote, one case a line.
//! - [`real_server`]: providers not written here, run as child processes.
//! - [`harness`]: the same toy application over the bare driver, tower, actix-web and poem.
//! - [`world`]: provider, application, browser and clock of one scenario, and what must hold in all.
//! - [`store`]: what several instances of an application share.
//! - `kit`: the test kit that users get, used as they would.
//! - [`scenarios`]: the table of behaviours.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test's failure is a panic, and a skipped test says so on stderr"
)]

#[cfg(test)]
mod adapters;
pub mod browser;
#[cfg(test)]
mod claims;
pub mod corpora;
#[cfg(doctest)]
mod documentation;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod examples;
pub mod harness;
#[cfg(test)]
mod kit;
pub mod real_server;
pub mod scenarios;
mod steps;
pub mod store;
pub mod world;
