//! The refresh of sessions' tokens: waiting, leases, the breaker.

pub(crate) mod breaker;
pub(crate) mod refresher;
pub(crate) mod refreshes;
pub(crate) mod revocation;
#[cfg(test)]
mod tests;
