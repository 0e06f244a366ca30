//! The clock and the system's randomness, read here and nowhere else.

use std::time::Instant;

/// Monotonic time: nothing the server keeps outlives the process.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Drawn once, at the start, so that no request can fail for want of randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws randomness"
)]
pub(crate) fn random_seed() -> Result<[u8; 32], getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::getrandom(&mut seed)?;
    Ok(seed)
}
