//! What the process provides: time, randomness and locks.

pub(crate) mod clock;
pub(crate) mod env;
pub(crate) mod id_source;
pub(crate) mod lock;
