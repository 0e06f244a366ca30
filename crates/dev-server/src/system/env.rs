//! The clock and the system's randomness. No other file reads them.

use std::time::Instant;

/// The current monotonic time. The server's state ends with the process, so no date is needed.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Random bytes, drawn once at the start, so that no request can fail for lack of randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that draws randomness"
)]
pub(crate) fn random_seed() -> Result<[u8; 32], getrandom::Error> {
    let mut seed = [0; 32];
    getrandom::getrandom(&mut seed)?;
    Ok(seed)
}
