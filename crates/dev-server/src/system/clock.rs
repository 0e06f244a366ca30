//! The clock of the times that others read, which a test can replace.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use httpdate::fmt_http_date;

use crate::system::env;

/// The last second that a date can show.
const END_OF_9999: u64 = 253_402_300_799;

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

    /// The time as a `Date` header has it (RFC 9110, section 5.6.7).
    pub(crate) fn http_date(&self) -> String {
        let seconds = self.unix_seconds().min(END_OF_9999);
        fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds))
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(env::system_time)
    }
}
