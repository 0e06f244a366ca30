//! The gate: the branch of every request.

pub(crate) mod begin;
pub(crate) mod coverage;
