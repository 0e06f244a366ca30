//! A simulated world: whole `Login`s, a provider, a store, browsers and a network, on one seeded clock and scheduler.
//!
//! ```text
//! people --> browsers --> network --> instances (a runtime and a `Login` each) --> network --> provider
//!                                         \--> network --> store (the real scripts, `lab/simulated-redis`)
//! ```
//!
//! Rules:
//! - All decisions come from [`Choices`]: a seed, or the bytes of a fuzzer. Time passes only here, in milliseconds.
//! - The product is whole. The world holds only the seams that an application has: HTTP client, store and clock. The
//!   randomness of the system is replaced by that of the seed (`seeded-getrandom`).
//! - Each instance is a runtime of one thread, so it can be killed where it waits, and suspended.
//! - What must be true is in `rules.rs`. Exceptions are those that `docs/scale.md` names.
//!
//! turmoil steps hosts in the same way, but offers sockets, which are below both seams. madsim replaces tokio in the
//! whole tree by a `cfg`. mad-turmoil replaces symbols of the C library, which needs `unsafe`. shuttle runs threads and
//! has no clock. So no framework is used: a paused runtime for each instance is all that is needed.

mod browsers;
mod choices;
mod conduct;
#[path = "../../../crates/testing/src/cookies/mod.rs"]
pub mod cookies;
mod faults;
mod instance;
mod ledger;
mod many;
mod network;
mod provider;
mod report;
mod rules;
mod schedule;
mod story;
mod world;

pub use crate::choices::Choices;
pub use crate::faults::Fault;
pub use crate::many::{Summary, run_all};
pub use crate::report::{Fall, Report};
pub use crate::world::run;
