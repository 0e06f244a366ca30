//! The clocks and the system's randomness. No other file reads them.

use std::time::{Instant, SystemTime};

/// The current monotonic time, for the lifetimes of codes and tokens.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The current date and time, for the times of sign-ins.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock"
)]
pub(crate) fn system_time() -> SystemTime {
    SystemTime::now()
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
