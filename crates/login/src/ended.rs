//! Sessions that were ended early, by a sign-out or a new sign-in.
//!
//! Rules: an ended session stays ended for as long as its cookie could live; asking costs nothing
//! while none is; memory is bounded, the soonest forgotten first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use fncy_login_core::{SessionRef, Timestamp};

/// 40 bytes each.
const MAX_ENDED: usize = 1_000_000;
/// Fewer aren't worth looking through.
const MIN_SWEPT: usize = 1024;

/// The ended sessions of this process.
#[derive(Default)]
pub(crate) struct Ended {
    until: Mutex<HashMap<[u8; 16], Timestamp>>,
    /// How many there are, so that nobody locks for nothing.
    count: AtomicUsize,
}

impl Ended {
    pub(crate) fn end(&self, session: SessionRef, now: Timestamp) {
        let mut until = self.until();
        // Whenever it has doubled, so that those whose time is over cost little and go.
        if until.len() >= MIN_SWEPT && until.len().is_power_of_two() || until.len() >= MAX_ENDED {
            until.retain(|_, ends| *ends > now);
        }
        if until.len() >= MAX_ENDED {
            let soonest = until.iter().min_by_key(|(_, ends)| **ends);
            if let Some(id) = soonest.map(|(id, _)| *id) {
                until.remove(&id);
            }
        }
        until.insert(session.id, session.ends);
        self.count.store(until.len(), Ordering::Release);
    }

    pub(crate) fn has(&self, session: &SessionRef) -> bool {
        self.count.load(Ordering::Acquire) > 0 && self.until().contains_key(&session.id)
    }

    fn until(&self) -> MutexGuard<'_, HashMap<[u8; 16], Timestamp>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_core::{SessionRef, Timestamp};

    use super::{Ended, MIN_SWEPT};

    fn session(index: usize, ends: u64) -> SessionRef {
        SessionRef {
            id: (index as u128).to_be_bytes(),
            generation: 0,
            ends: Timestamp::from_unix(ends),
        }
    }

    #[test]
    fn k23_an_ended_session_stays_ended_and_others_do_not() {
        let ended = Ended::default();
        assert!(!ended.has(&session(1, 100)));
        ended.end(session(1, 100), Timestamp::from_unix(0));
        assert!(ended.has(&session(1, 100)));
        assert!(!ended.has(&session(2, 100)));
    }

    #[test]
    fn what_is_over_anyway_is_forgotten() {
        let ended = Ended::default();
        for index in 0..MIN_SWEPT {
            ended.end(session(index, 100), Timestamp::from_unix(0));
        }
        ended.end(session(MIN_SWEPT, 300), Timestamp::from_unix(200));
        assert_eq!(ended.until().len(), 1);
    }
}
