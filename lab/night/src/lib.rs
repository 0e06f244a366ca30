//! A night of an operator: incidents of the recipe `production`, one after the other, and what is seen of each.
//!
//! Rules:
//! - Three instances run with nginx, Redis, Prometheus and the dev server. Visitors sign in, read pages, have their
//!   tokens refreshed and sign out all the time, and know which answer is right.
//! - Prometheus has `docs/alerts.yml` with shorter times (`rules.rs`).
//! - An incident begins when visitors and alerts are calm. It names the answers, the metric and the alerts that it must
//!   cause. Any other wrong answer, any other alert and a line that is written more than once a minute fails it.
//!
//! `cargo xtask night` plays all incidents. The tests of the recipes play three.

#![expect(
    clippy::unwrap_used,
    reason = "a night whose programs don't start has nothing to show"
)]

mod browser;
pub mod dashboard;
pub mod incidents;
mod log_lines;
pub mod night;
mod prometheus;
mod rules;
pub mod stage;
mod strangers;
mod tally;
mod visitor;
