//! The refreshes that are under way in this process, and those that there is no use in trying.
//!
//! ```text
//!            enter                       finish(Ok)
//!  unknown --------> coming (one task) -----------------------------> unknown: the store has it
//!     ^                |  |  |
//!     |    later ones  |  |  | finish(Refused)
//!     |    wait -------/  |  \---------> refused ---------- 1 h ----> unknown
//!     |                   | finish(another failure), rest(a token that was dead on arrival)
//!     |                   \------------> resting -- 1 s, 2 s, 4 s, or as long as the provider says --> unknown
//!     |
//!     \-- the breaker is open, or all places are taken and the request can do without
//! ```
//!
//! Rules:
//! - However many requests of a session wait for a refresh token, one task uses it, and outlives them
//!   all: a refresh token that was sent may be spent.
//! - Sessions that have the same refresh token wait for one another by their leases; what ends one of
//!   them ends no other.
//! - A refusal that doesn't name the token as its reason counts as one that does from the second on.
//! - A token that fails rests, and no other: what stops all of them is the breaker (`breaker.rs`).
//! - Memory is bounded, and whatever would go soonest goes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{RefreshFailure, RefreshRequest, RefreshedTokens, SessionId, SessionRef};
use tokio::time::Instant;

use crate::refresh::breaker::Breaker;
use crate::store::expiring_map::ExpiringMap;
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// A keyed hash of a refresh token.
type Key = [u8; 32];
/// What a refresh came to.
pub(crate) type Refreshed = Result<Arc<RefreshedTokens>, RefreshFailure>;

/// How long a refused token is not asked for again.
const REFUSED: Duration = Duration::from_secs(60 * 60);
/// No answer is expected to take longer than this to begin.
const NEWEST: Duration = Duration::from_secs(60 * 60);
/// After an access token that was dead on arrival.
const STILLBORN_REST: Duration = Duration::from_secs(10);
/// After the first failure of a token; twice that after each further one, up to [`LONGEST_REST`].
const FIRST_REST: Duration = Duration::from_secs(1);
/// So long a person waits at most when the provider has recovered.
const LONGEST_REST: Duration = Duration::from_secs(4);
/// A token that has not failed for so long fails for the first time again.
const FORGIVEN: Duration = Duration::from_secs(60);
/// Where all connections are taken.
const CROWDED_REST: Duration = Duration::from_secs(1);
/// A hash and two times each.
const MAX_NOTED: usize = 100_000;

/// The refreshes of this process.
pub(crate) struct Refreshes(Mutex<Memory>);

struct Memory {
    coming: HashMap<(Key, SessionId), UnderWay<Refreshed>>,
    /// Why there is no use in trying.
    noted: ExpiringMap<Key, Note, Instant>,
    /// The newest generation that was obtained for each session.
    newest: ExpiringMap<SessionId, u32, Instant>,
    breaker: Breaker,
}

#[derive(Clone, Copy)]
enum Note {
    /// The provider refused it.
    Refused,
    /// The provider refused the request, and may have had another reason than the token.
    Declined,
    /// It failed, or what it led to was of no use.
    Resting(Rest),
}

#[derive(Clone, Copy)]
struct Rest {
    since: Instant,
    until: Instant,
    /// How often it failed in a row.
    failures: u32,
}

/// What a request that needs a refresh finds.
pub(crate) enum Entered {
    /// It is under way.
    Joined(InFlight<Refreshed>),
    /// Nobody is at it: this request starts it, and tells.
    First(Sender<Refreshed>, InFlight<Refreshed>),
    /// There is no use in asking now.
    Failed(RefreshFailure),
}

impl Refreshes {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            coming: HashMap::new(),
            noted: ExpiringMap::new(MAX_NOTED),
            newest: ExpiringMap::new(MAX_NOTED),
            breaker: Breaker::default(),
        }))
    }

    /// `may_start` is off where all connections are taken and the request can do without.
    pub(crate) fn enter(&self, refresh: &RefreshRequest, may_start: bool) -> Entered {
        self.memory().enter(refresh, Instant::now(), may_start)
    }

    /// A refresh has ended, and comes to this: what is declined for the second time is refused.
    pub(crate) fn finish(&self, refresh: &RefreshRequest, refreshed: Refreshed) -> Refreshed {
        let (key, now) = (refresh.key, Instant::now());
        let mut memory = self.memory();
        memory.coming.remove(&(key, refresh.session.id()));
        let is_declined = matches!(memory.noted.get(&key), Some(Note::Declined));
        let refreshed = match refreshed {
            Err(RefreshFailure::Declined) if is_declined => Err(RefreshFailure::Refused),
            other => other,
        };
        match &refreshed {
            Ok(refreshed) => {
                if is_declined {
                    memory.noted.remove(&key);
                }
                let id = refresh.session.id();
                let newest = memory.newest.get(&id).copied().unwrap_or_default();
                let generation = refreshed.generation().max(newest);
                memory.newest.insert(id, generation, now + NEWEST);
                memory.newest.forget(now);
            }
            Err(RefreshFailure::Refused) => {
                memory.noted.insert(key, Note::Refused, now + REFUSED);
            }
            // Asked again with the next request: a wait mends nothing.
            Err(RefreshFailure::Declined) => {
                memory.noted.insert(key, Note::Declined, now + REFUSED);
            }
            // The store knows: another session may have the same token.
            Err(failure) if failure.ends_session() => {}
            Err(RefreshFailure::Crowded) => {}
            Err(failure) => {
                let failures = memory.failures(&key) + 1;
                let backoff = FIRST_REST * 2_u32.saturating_pow(failures - 1);
                let asked = Duration::from_secs(failure.retry_after());
                memory.rest(key, now, backoff.min(LONGEST_REST).max(asked), failures);
            }
        }
        drop(memory);
        refreshed
    }

    /// Whether the provider is asked now.
    pub(crate) fn may_ask(&self) -> bool {
        self.memory().breaker.pass(Instant::now())
    }

    /// The provider has answered for a token of this user, or has not.
    pub(crate) fn heard(&self, user: u64, failure: Option<RefreshFailure>) {
        let (now, mut memory) = (Instant::now(), self.memory());
        match failure {
            None | Some(RefreshFailure::Refused | RefreshFailure::Declined) => {
                memory.breaker.succeeded(now);
            }
            Some(failure) => memory.breaker.failed(user, failure, now),
        }
    }

    /// Whether newer tokens than these were obtained for a session. Its browser may have shown them,
    /// so that what leads to them is forgotten.
    pub(crate) fn has_newer(&self, session: &SessionRef) -> bool {
        let memory = self.memory();
        let newest = memory.newest.get(&session.id());
        newest.is_some_and(|newest| *newest > session.generation())
    }

    /// The provider has just given an access token that was dead on arrival, and this refresh token:
    /// asking again at once is no use.
    pub(crate) fn rest(&self, key: Key) {
        self.memory().rest(key, Instant::now(), STILLBORN_REST, 0);
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
    fn rest(&mut self, key: Key, since: Instant, length: Duration, failures: u32) {
        let until = since + length;
        let rest = Rest {
            since,
            until,
            failures,
        };
        self.noted
            .insert(key, Note::Resting(rest), until + FORGIVEN);
    }

    fn failures(&self, key: &Key) -> u32 {
        match self.noted.get(key) {
            Some(Note::Resting(rest)) => rest.failures,
            _ => 0,
        }
    }

    fn enter(&mut self, refresh: &RefreshRequest, now: Instant, may_start: bool) -> Entered {
        let (key, work) = (refresh.key, (refresh.key, refresh.session.id()));
        self.noted.forget(now);
        if let Some(coming) = self.coming.get(&work).and_then(UnderWay::join) {
            return Entered::Joined(coming);
        }
        let resting = match self.noted.get(&key) {
            Some(Note::Refused) => return Entered::Failed(RefreshFailure::Refused),
            Some(Note::Resting(rest)) => Some(*rest),
            Some(Note::Declined) | None => None,
        };
        let resting = resting
            .filter(|rest| rest.until > now && !self.breaker.has_closed_since(rest.since))
            .map(|rest| rest.until);
        let crowded = (!may_start).then(|| now + CROWDED_REST);
        let blocked = resting
            .or(crowded)
            .or_else(|| self.breaker.blocks_until(now));
        if let Some(until) = blocked {
            let millis = until.duration_since(now).as_millis();
            // Not more than the provider may ask for: minutes.
            let retry_after = u64::try_from(millis.div_ceil(1_000)).unwrap_or(u64::MAX);
            return Entered::Failed(RefreshFailure::Unavailable { retry_after });
        }
        let (sender, coming) = in_flight();
        self.coming.insert(work, sender.under_way());
        Entered::First(sender, coming)
    }
}
