//! The refresh of a session's tokens (RFC 6749, section 6): waiting, leases, the breaker.

pub(crate) mod breaker;
pub(crate) mod exchange;
pub(crate) mod parts;
pub(crate) mod refresher;
pub(crate) mod refreshes;
pub(crate) mod revocation;
#[cfg(test)]
pub(crate) mod tests;
