//! The renewals that are under way in this process, and those that there is no use in trying.
//!
//! ```text
//!            enter                       finish(Ok)
//!  unknown --------> coming (one task) -----------------------------> unknown: the coordinator has it
//!     ^                |  |  |
//!     |    later ones  |  |  | finish(Refused)
//!     |    wait -------/  |  \---------> refused ---------- 1 h ----> unknown
//!     |                   | finish(Unreadable, Undecided), rest(a token that was dead on arrival)
//!     |                   |------------> resting ------ 5 s, 10 s --> unknown
//!     |                   | finish(Unavailable)
//!     \-------------------/ and nobody is asked for a moment
//! ```
//!
//! Rules:
//! - However many requests of a session wait for a refresh token, one task uses it, and outlives them
//!   all: a refresh token that was sent may be spent.
//! - Sessions that have the same refresh token wait for one another by their leases; what ends one of
//!   them ends no other.
//! - An unreachable or overloaded provider is left alone for a moment by everybody.
//! - Memory is bounded, and whatever would go soonest goes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Renew, RenewalFailure, SessionRef, Successor};
use tokio::time::Instant;

use crate::coming::{Coming, Sender, coming};
use crate::fading::Fading;

/// A keyed hash of a refresh token.
type Key = [u8; 32];
type SessionId = [u8; 16];
/// What a renewal came to.
pub(crate) type Renewed = Result<Arc<Successor>, RenewalFailure>;

/// How long a refused token is not asked for again.
const REFUSED: Duration = Duration::from_secs(60 * 60);
/// No answer is expected to take longer than this to begin.
const NEWEST: Duration = Duration::from_secs(60 * 60);
/// After an access token that was dead on arrival.
const STILLBORN_REST: Duration = Duration::from_secs(10);
/// After an answer that made no sense.
const UNREADABLE_REST: Duration = Duration::from_secs(5);
/// Where all connections are taken.
const CROWDED_REST: Duration = Duration::from_secs(1);
/// A hash and two times each.
const MAX_NOTED: usize = 100_000;

/// The renewals of this process.
pub(crate) struct Renewals(Mutex<Memory>);

struct Memory {
    coming: HashMap<(Key, SessionId), Coming<Renewed>>,
    /// Why there is no use in trying.
    noted: Fading<Key, Note, Instant>,
    /// The newest generation that was obtained for each session.
    newest: Fading<SessionId, u32, Instant>,
    /// Nobody asks the provider before this.
    failing_until: Option<Instant>,
}

#[derive(Clone, Copy)]
enum Note {
    /// The provider refused it.
    Refused,
    /// Not before this.
    Resting(Instant),
}

/// What a request that needs a renewal finds.
pub(crate) enum Entered {
    /// It is under way.
    Joined(Coming<Renewed>),
    /// Nobody is at it: this request starts it, and tells.
    First(Sender<Renewed>, Coming<Renewed>),
    /// There is no use in asking now.
    Failed(RenewalFailure),
}

impl Renewals {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            coming: HashMap::new(),
            noted: Fading::new(MAX_NOTED),
            newest: Fading::new(MAX_NOTED),
            failing_until: None,
        }))
    }

    /// `may_start` is off where all connections are taken and the request can do without.
    pub(crate) fn enter(&self, renew: &Renew, may_start: bool) -> Entered {
        self.memory().enter(renew, Instant::now(), may_start)
    }

    /// A renewal has ended.
    pub(crate) fn finish(&self, renew: &Renew, renewed: &Renewed) {
        let (key, now) = (renew.key, Instant::now());
        let mut memory = self.memory();
        memory.coming.remove(&(key, renew.session.id));
        match renewed {
            Ok(successor) => {
                let id = renew.session.id;
                let newest = memory.newest.get(&id).copied().unwrap_or_default();
                let generation = successor.generation().max(newest);
                memory.newest.insert(id, generation, now + NEWEST);
                memory.newest.forget(now);
            }
            Err(RenewalFailure::Refused) => {
                memory.noted.insert(key, Note::Refused, now + REFUSED);
            }
            // The coordinator knows: another session may have the same token.
            Err(failure) if failure.ends_session() => {}
            Err(RenewalFailure::Unavailable { retry_after }) => {
                memory.failing_until = Some(now + Duration::from_secs(*retry_after));
            }
            Err(_) => memory.rest(key, now + UNREADABLE_REST),
        }
    }

    /// Whether newer tokens than these were obtained for a session. Its browser may have shown them,
    /// so that what leads to them is forgotten.
    pub(crate) fn has_newer(&self, session: &SessionRef) -> bool {
        let memory = self.memory();
        let newest = memory.newest.get(&session.id);
        newest.is_some_and(|newest| *newest > session.generation)
    }

    /// The provider has just given an access token that was dead on arrival, and this refresh token:
    /// asking again at once is no use.
    pub(crate) fn rest(&self, key: Key) {
        self.memory().rest(key, Instant::now() + STILLBORN_REST);
    }

    #[cfg(test)]
    pub(crate) fn under_way(&self) -> usize {
        self.memory().coming.len()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn rest(&mut self, key: Key, until: Instant) {
        self.noted.insert(key, Note::Resting(until), until);
    }

    fn enter(&mut self, renew: &Renew, now: Instant, may_start: bool) -> Entered {
        let (key, work) = (renew.key, (renew.key, renew.session.id));
        self.noted.forget(now);
        let under_way = self
            .coming
            .get(&work)
            .filter(|coming| coming.is_under_way());
        if let Some(coming) = under_way {
            return Entered::Joined(coming.clone());
        }
        let resting = match self.noted.get(&key) {
            Some(Note::Refused) => return Entered::Failed(RenewalFailure::Refused),
            Some(Note::Resting(until)) => Some(*until),
            None => None,
        };
        let failing = self.failing_until.filter(|until| *until > now);
        let crowded = (!may_start).then(|| now + CROWDED_REST);
        if let Some(until) = failing.or(resting).or(crowded) {
            let millis = until.duration_since(now).as_millis();
            // Not more than the provider may ask for: minutes.
            let retry_after = u64::try_from(millis.div_ceil(1_000)).unwrap_or(u64::MAX);
            return Entered::Failed(RenewalFailure::Unavailable { retry_after });
        }
        let (sender, coming) = coming();
        self.coming.insert(work, coming.clone());
        Entered::First(sender, coming)
    }
}
