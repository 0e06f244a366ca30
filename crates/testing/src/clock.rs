//! A clock that a test moves.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::clock::Clock;

/// A clock that stands still until a test moves it, in whole seconds.
#[derive(Debug)]
pub struct TestClock(AtomicU64);

impl TestClock {
    /// A clock with this time, in Unix seconds.
    #[must_use]
    pub fn new(now: u64) -> Self {
        Self(AtomicU64::new(now))
    }

    /// Moves the clock forward.
    pub fn advance(&self, time: Duration) {
        self.0.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    /// Moves the clock back.
    pub fn turn_back(&self, time: Duration) {
        self.0.fetch_sub(time.as_secs(), Ordering::SeqCst);
    }

    /// The clock's time, in Unix seconds.
    pub fn unix(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.unix())
    }
}
