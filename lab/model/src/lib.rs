//! A model of the lease table and the revocation log of instances that share a store, explored to the last state.
//!
//! ```text
//!  Model::first --> steps (refresh, revocation, writes, faults, time) --> State --> properties
//! ```
//!
//! Rules:
//! - A step is what the product does between two awaits, or a fault. [`Rules`] names the product's defences, and a test
//!   takes out each.
//! - The store's steps are the Lua scripts of `crates/redis`, written as functions (`store.rs`).
//! - A safety property holds in each state. Progress holds on each path: if faults stop, every request ends, and the newest
//!   tokens can be reached.
//!
//! The search is our own. stateright brings 44 crates with it, a web server among them. Its "eventually" is checked on
//! paths without a circle only, and forgets a path that joins another one. Here, progress is the property that counts, and
//! needs all states and their edges in any case.

mod explore;
pub mod history;
mod instance;
mod model;
mod past;
mod properties;
mod rules;
mod state;
mod step;
mod steps;
mod store;

pub use crate::explore::{Failure, Report, explore};
pub use crate::model::{Model, Rotation};
pub use crate::past::Exceptions;
pub use crate::rules::Rules;
pub use crate::step::Step;
