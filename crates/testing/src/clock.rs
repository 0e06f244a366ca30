//! A clock that a scenario moves.

use std::sync::atomic::{AtomicU64, Ordering};

use fncy_login::{Clock, Timestamp};

/// Stands still until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicU64);

impl TestClock {
    /// A clock that shows this time, in Unix seconds.
    pub fn new(now: u64) -> Self {
        Self(AtomicU64::new(now))
    }

    /// Moves it forward, in seconds.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Moves it back, in seconds.
    pub fn turn_back(&self, seconds: u64) {
        self.0.fetch_sub(seconds, Ordering::SeqCst);
    }

    /// What it shows, in Unix seconds.
    pub fn unix(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.unix())
    }
}
