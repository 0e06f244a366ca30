//! Bearer tokens: how they are checked, and what is remembered of them.

pub(crate) mod bearer_check;
pub(crate) mod bearers;
pub(crate) mod token_cache;
