//! Tests of FNCY Login from the outside: a browser model, servers of other projects, and scenarios in which both meet
//! an application.
//!
//! - [`browser`]: a model of a browser.
//! - [`corpora`]: test data of other projects, one case a line.
//! - [`real_server`]: servers of other projects, run as child processes.
//! - [`harness`]: the same toy application over the bare driver, tower, actix-web and poem.
//! - [`world`]: the provider, application, browser and clock of one scenario, and the rules for all scenarios.
//! - [`store`]: a store for several instances of an application.
//! - `kit`: the test kit for users, used as they use it.
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
#[cfg(test)]
mod deployment;
#[cfg(doctest)]
mod documentation;
#[cfg(test)]
mod driver;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod front_pages;
pub mod harness;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod links;
#[cfg(test)]
mod numbers;
pub mod real_server;
pub mod scenarios;
mod steps;
pub mod store;
pub mod world;
