//! Tests of the refresh.

pub(crate) mod double;
mod expiring;
mod races;
mod refresher;
