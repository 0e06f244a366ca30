//! The gate, which every request passes.

pub(crate) mod begin;
pub(crate) mod coverage;
pub(crate) mod roll;
