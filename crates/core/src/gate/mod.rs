//! The gate, which every request passes.

pub(crate) mod gate;
pub(crate) mod roll;
