//! Tests of the refresh.

mod double;
mod expiring;
mod races;
mod refresher;
