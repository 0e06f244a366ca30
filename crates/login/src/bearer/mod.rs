//! Bearer tokens: how they are checked, and what is remembered of them.

pub(crate) mod bearer_check;
pub(crate) mod bearers;
#[cfg(feature = "jwt")]
pub(crate) mod jwt;
pub(crate) mod pauses;
pub(crate) mod token_cache;
