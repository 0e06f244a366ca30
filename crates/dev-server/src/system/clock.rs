//! The clock of sign-in times, which a test can replace.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::system::env;

#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    pub(crate) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time in Unix seconds. A time before 1970 counts as 1970.
    pub(crate) fn unix_seconds(&self) -> u64 {
        let since = (self.0)().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_secs()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(env::system_time)
    }
}
