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
        if until.len() >= MAX_ENDED {
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
