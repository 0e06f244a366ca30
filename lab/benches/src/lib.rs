//! What a request costs with Login with FNCY, beside the bare framework and beside floors.
//!
//! - [`interleave`]: measuring in turns.
//! - [`device`]: a session that is bound to a device key.
//! - [`sample`]: the session that is measured, and the provider that gave it.
//! - [`cases`]: what is measured in turns. It is in [`floor`], [`driver`], [`frameworks`] and [`refresh`].
//! - [`growth`]: the check beside more and more rules, cookies, sign-outs and refreshes, with limits.
//! - [`threads`]: one login on several threads at once.
//! - [`sessions`], [`load`]: many sessions, and many requests, at once.
//! - [`store`]: what several instances ask of a Redis.
//! - [`strangers`], [`outage`]: people, while strangers bring invented codes or FNCY fails, at [`crowded_provider`].
//! - [`soak`]: visitors of several instances, while these, Redis and the provider fail in turns.
//! - [`dev_server`], [`redis_server`], [`subprocess`], [`memory`]: what those need.
//!
//! `cargo xtask bench`, `scale`, `store`, `strangers`, `outage` and `soak` run it; `lab/peers` adds what others wrote.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that can't do its work has no result to give"
)]

pub mod cases;
pub mod crowded_provider;
pub mod dev_server;
pub mod device;
pub mod driver;
pub mod floor;
pub mod frameworks;
pub mod growth;
pub mod interleave;
pub mod load;
pub mod memory;
pub mod outage;
pub mod redis_server;
pub mod refresh;
pub mod sample;
pub mod sessions;
pub mod soak;
pub mod store;
pub mod strangers;
pub mod subprocess;
pub mod threads;
