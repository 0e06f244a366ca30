//! One refresh for each refresh token, however many requests wait for it.
//!
//! ```text
//!            enter                       finish(Ok)             confirm, then 60 s; or 1 h
//!  unknown --------> coming (one task) --------------> kept ------------------------------> unknown
//!                      |  |  |                          |  its access token has expired:
//!          later ones  |  |  | finish(Refused)          |  the successor's own renewal
//!          wait ------/   |  \\-----> refused --- 1 h --> |
//!                         | finish(Unavailable): nobody is asked for a moment
//!                         \\------> unknown
//! ```
//!
//! Rules:
//! - The task outlives the request that started it: a refresh token that was sent may be spent.
//! - What is kept is the provider's answer, zeroised when it goes; a cookie never.
//! - A successor is forgotten a minute after a request first showed its generation. Until then it
//!   stays an hour, for a browser that never got the new cookie. A restart loses it.
//! - An unreachable or overloaded provider is left alone for a moment by everybody.
//! - Memory is bounded, the oldest forgotten first.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Renew, RenewalFailure, SessionRef, Successor, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

/// A keyed hash of a refresh token.
type Key = [u8; 32];
/// What a renewal came to.
pub(crate) type Renewed = Result<Arc<Successor>, RenewalFailure>;
/// A renewal that is under way.
pub(crate) type Coming = watch::Receiver<Option<Renewed>>;
/// What tells those who wait.
pub(crate) type Sender = watch::Sender<Option<Renewed>>;

/// How long a successor stays that no request has shown yet.
const UNCONFIRMED: Duration = Duration::from_secs(60 * 60);
/// How long it stays after a request has.
const CONFIRMED: Duration = Duration::from_secs(60);
/// How long a refused token is not asked for again.
const REFUSED: Duration = Duration::from_secs(60 * 60);
/// After an access token that was dead on arrival.
const STILLBORN_REST: Duration = Duration::from_secs(10);
/// After an answer that made no sense.
const UNREADABLE_REST: Duration = Duration::from_secs(5);
/// With tokens of a kilobyte, about as many megabytes as a small application has to spare.
const MAX_KEPT: usize = 100_000;

/// The renewals of this process.
#[derive(Clone, Default)]
pub(crate) struct Renewals(Arc<Shared>);

#[derive(Default)]
struct Shared {
    memory: Mutex<Memory>,
    /// How many sessions wait to be confirmed, so that nobody locks for nothing.
    unconfirmed: AtomicUsize,
}

#[derive(Default)]
struct Memory {
    coming: HashMap<Key, Coming>,
    kept: HashMap<Key, Kept>,
    /// The kept ones of each session that no request has confirmed.
    unconfirmed: HashMap<[u8; 16], Vec<Key>>,
    refused: HashSet<Key>,
    resting: HashSet<Key>,
    /// When each of all these goes, soonest first, a queue for each length of time.
    going: [VecDeque<(Instant, Key)>; 4],
    /// Nobody asks the provider before this.
    failing_until: Option<Instant>,
}

/// A successor, and the session that it is for.
struct Kept {
    successor: Arc<Successor>,
    session: [u8; 16],
}

/// What is forgotten when: the queues of `going`.
#[derive(Clone, Copy)]
enum Going {
    Unconfirmed,
    Confirmed,
    Refused,
    Resting,
}

/// What a request that needs a renewal finds.
pub(crate) enum Entered {
    /// Somebody else's, which may be old.
    Known(Arc<Successor>),
    /// It is under way.
    Joined(Coming),
    /// Nobody is at it: this request starts it, and tells.
    First(Sender, Coming),
    /// There is no use in asking now.
    Failed(RenewalFailure),
}

impl Renewals {
    /// `may_start` is off where all connections are taken and the request can do without.
    pub(crate) fn enter(&self, renew: &Renew, time: Timestamp, may_start: bool) -> Entered {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.forget(now);
        let entered = memory.enter(renew, time, now, may_start);
        self.count(&memory);
        entered
    }

    /// A renewal has ended.
    pub(crate) fn finish(&self, renew: &Renew, renewed: &Renewed) {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.coming.remove(&renew.key);
        match renewed {
            Ok(successor) => {
                memory.keep(renew, Arc::clone(successor), now);
                if successor.was_stillborn() {
                    memory.rest(successor.key(), now + STILLBORN_REST);
                }
            }
            Err(RenewalFailure::Refused | RenewalFailure::OtherUser) => {
                memory.refused.insert(renew.key);
                memory.goes(Going::Refused, now + REFUSED, renew.key);
            }
            Err(RenewalFailure::Unavailable { retry_after }) => {
                memory.failing_until = Some(now + Duration::from_secs(*retry_after));
            }
            Err(_) => {
                memory.rest(renew.key, now + UNREADABLE_REST);
            }
        }
        self.count(&memory);
    }

    /// A request shows this generation of a session: what led to it is needed no longer.
    pub(crate) fn confirm(&self, session: impl FnOnce() -> SessionRef) {
        if self.0.unconfirmed.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut memory = self.memory();
        memory.confirm(&session(), Instant::now());
        self.count(&memory);
    }

    /// The newest tokens that a refresh token has led to.
    pub(crate) fn latest(&self, key: &Key) -> Option<Arc<Successor>> {
        let memory = self.memory();
        let kept = memory.kept.get(key)?;
        Some(Arc::clone(&kept.successor))
    }

    fn count(&self, memory: &Memory) {
        let unconfirmed = memory.unconfirmed.len();
        self.0.unconfirmed.store(unconfirmed, Ordering::Release);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        let memory = self.0.memory.lock();
        memory.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn enter(&mut self, renew: &Renew, time: Timestamp, now: Instant, may_start: bool) -> Entered {
        if let Some(kept) = self.kept.get(&renew.key) {
            let successor = &kept.successor;
            let is_newer = successor.generation() > renew.session.generation;
            // One that can't be used leads on by its own refresh token. Where the provider doesn't
            // rotate that is the same one, and it is time to use it again.
            if is_newer && (successor.is_fresh(time) || successor.key() != renew.key) {
                return Entered::Known(Arc::clone(successor));
            }
            self.drop_kept(&renew.key);
        }
        if let Some(coming) = self.coming.get(&renew.key) {
            return Entered::Joined(coming.clone());
        }
        if self.refused.contains(&renew.key) {
            return Entered::Failed(RenewalFailure::Refused);
        }
        let failing = self.failing_until.filter(|until| *until > now);
        let retry_after = match failing {
            Some(until) => Some(until.duration_since(now).as_secs() + 1),
            None if self.resting.contains(&renew.key) => Some(STILLBORN_REST.as_secs()),
            None if !may_start => Some(1),
            None => None,
        };
        if let Some(retry_after) = retry_after {
            return Entered::Failed(RenewalFailure::Unavailable { retry_after });
        }
        let (sender, coming) = watch::channel(None);
        self.coming.insert(renew.key, coming.clone());
        Entered::First(sender, coming)
    }

    fn keep(&mut self, renew: &Renew, successor: Arc<Successor>, now: Instant) {
        let session = renew.session.id;
        self.kept.insert(renew.key, Kept { successor, session });
        let keys = self.unconfirmed.entry(session).or_default();
        keys.push(renew.key);
        self.goes(Going::Unconfirmed, now + UNCONFIRMED, renew.key);
        while self.kept.len() > MAX_KEPT {
            let Some((_, oldest)) = self.going[Going::Unconfirmed as usize].pop_front() else {
                break;
            };
            self.drop_kept(&oldest);
        }
    }

    fn confirm(&mut self, session: &SessionRef, now: Instant) {
        let Some(keys) = self.unconfirmed.remove(&session.id) else {
            return;
        };
        let (confirmed, rest): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| {
            let kept = self.kept.get(key);
            kept.is_none_or(|kept| kept.successor.generation() <= session.generation)
        });
        for key in confirmed {
            self.goes(Going::Confirmed, now + CONFIRMED, key);
        }
        if !rest.is_empty() {
            self.unconfirmed.insert(session.id, rest);
        }
    }

    fn rest(&mut self, key: Key, until: Instant) {
        self.resting.insert(key);
        self.goes(Going::Resting, until, key);
    }

    fn goes(&mut self, queue: Going, when: Instant, key: Key) {
        self.going[queue as usize].push_back((when, key));
    }

    fn forget(&mut self, now: Instant) {
        for queue in [
            Going::Unconfirmed,
            Going::Confirmed,
            Going::Refused,
            Going::Resting,
        ] {
            while let Some(key) = self.gone(queue, now) {
                match queue {
                    Going::Unconfirmed | Going::Confirmed => self.drop_kept(&key),
                    Going::Refused => {
                        self.refused.remove(&key);
                    }
                    Going::Resting => {
                        self.resting.remove(&key);
                    }
                }
            }
        }
    }

    fn gone(&mut self, queue: Going, now: Instant) -> Option<Key> {
        let queue = &mut self.going[queue as usize];
        let (when, key) = *queue.front()?;
        if when > now && queue.len() <= MAX_KEPT {
            return None;
        }
        queue.pop_front();
        Some(key)
    }

    fn drop_kept(&mut self, key: &Key) {
        let Some(kept) = self.kept.remove(key) else {
            return;
        };
        if let Some(keys) = self.unconfirmed.get_mut(&kept.session) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.unconfirmed.remove(&kept.session);
            }
        }
    }
}

#[cfg(test)]
#[path = "renewals_tests.rs"]
mod tests;
