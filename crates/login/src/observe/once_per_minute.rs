//! A limit of one log line a minute for each cause.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const QUIET: Duration = Duration::from_secs(60);
/// The most causes. A further cause is quiet until another one has been quiet for a minute.
const MAX_CAUSES: usize = 1_000;

/// A limit of one log line a minute for each cause, for an implementation of a store.
///
/// ```
/// use fncy_login::store::OncePerMinute;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # let _inside = runtime.enter();
/// let warnings = OncePerMinute::default();
/// assert!(warnings.is_due("the disk is full"));
/// assert!(!warnings.is_due("the disk is full"));
/// assert!(warnings.is_due("the server is busy"));
/// ```
#[derive(Debug, Default)]
pub struct OncePerMinute {
    /// When a line was last due, by the hash of its cause.
    last: Mutex<HashMap<u64, Instant>>,
    hasher: RandomState,
}

impl OncePerMinute {
    /// Whether a line with this cause is due now. After `true`, it is not due again for a minute.
    #[must_use]
    pub fn is_due(&self, cause: impl Hash) -> bool {
        let (cause, now) = (self.hasher.hash_one(cause), Instant::now());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_quiet = |last: &Instant| now - *last < QUIET;
        if last.get(&cause).is_some_and(is_quiet) {
            return false;
        }
        if last.len() >= MAX_CAUSES {
            last.retain(|_, last| is_quiet(last));
        }
        let has_room = last.len() < MAX_CAUSES;
        if has_room {
            last.insert(cause, now);
        }
        has_room
    }
}

/// Writes a line at its level once a minute, and at debug otherwise: the message, `by` what tells its causes apart, and
/// the fields.
macro_rules! limited {
    ($telemetry:expr, $level:ident, $message:literal $(, by $cause:expr $(, $($fields:tt)+)?)?) => {
        if $telemetry.lines.is_due(($message, ($($cause)?))) {
            tracing::$level!($($($($fields)+,)?)? $message);
        } else {
            tracing::debug!($($($($fields)+,)?)? $message);
        }
    };
}
pub(crate) use limited;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::{MAX_CAUSES, OncePerMinute};

    #[tokio::test(start_paused = true)]
    async fn xr04_a_cause_is_due_once_a_minute_and_causes_are_bounded() {
        let lines = OncePerMinute::default();
        assert!(lines.is_due("one") && lines.is_due("other"));
        advance(Duration::from_secs(59)).await;
        assert!(!lines.is_due("one"));
        advance(Duration::from_secs(1)).await;
        assert!(lines.is_due("one"));
        let due = (0..2 * MAX_CAUSES).filter(|cause| lines.is_due(cause));
        assert_eq!(due.count(), MAX_CAUSES - 1);
        advance(Duration::from_secs(60)).await;
        assert!(lines.is_due("a new one"));
    }
}
