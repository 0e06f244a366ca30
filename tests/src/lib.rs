//! Tests of FNCY Login from the outside: a browser model, servers not written here, and the
//! scenarios in which the two meet an application.
//!
//! - [`browser`]: what a browser keeps, sends and follows.
//! - [`corpora`]: data that others wrote, one case a line.
//! - [`real_server`]: providers not written here, run as child processes.
//! - [`harness`]: the same toy application over the bare driver, tower, actix-web and poem.
//! - [`world`]: provider, application, browser and clock of one scenario, and what must hold in all.
//! - [`wire_provider`]: a token endpoint whose bytes a scenario writes.
//! - [`contract`], [`store`]: what several instances of an application share.
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
#[cfg(test)]
mod allocations;
pub mod browser;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod client_token;
pub mod contract;
#[cfg(test)]
mod cookie_properties;
pub mod corpora;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod deadlines;
#[cfg(doctest)]
mod documentation;
#[cfg(test)]
mod examples;
pub mod harness;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod opaque;
#[cfg(test)]
mod operations;
pub mod real_server;
pub mod scenarios;
mod steps;
pub mod store;
#[cfg(test)]
mod tls;
pub mod wire_provider;
pub mod world;
