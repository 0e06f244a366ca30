//! The table of refreshes in flight in this process, and of refresh tokens that are not tried at the moment.
//!
//! ```text
//!            enter                          finish(Ok)
//!  unknown --------> in flight (one task) ---------------------------> unknown: the store has the tokens
//!     ^                |  |  |
//!     |    later       |  |  | finish(Refused)
//!     |    requests ---/  |  \---------> refused ---------- 1 h -----> unknown
//!     |    wait           | finish(another failure), rest(an access token that had expired when it came)
//!     |                   \------------> resting -- 1 s, 2 s, 4 s, or as long as the provider says --> unknown
//!     |
//!     \-- the breaker is open, or all places are taken and the request isn't urgent
//! ```
//!
//! Rules:
//! - All requests of a session with the same refresh token share one task. The task outlives them, since a refresh
//!   token that was sent may be used up.
//! - Sessions with the same refresh token wait for one another by their leases. If one of them is revoked, the others
//!   stay.
//! - The second refusal of a token counts as a refusal of the token, even if the provider doesn't name the token.
//! - A token that fails rests alone. The breaker stops all refreshes (`breaker.rs`).
//! - Memory is bounded. The entry that expires first is removed first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{RefreshFailure, RefreshRequest, RefreshedTokens, SessionId, SessionRef};
use tokio::time::Instant;

use crate::refresh::breaker::{Breaker, FORGIVEN};
use crate::store::expiring_map::{ExpiringMap, shrink};
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// A keyed hash of a refresh token.
type Key = [u8; 32];
/// The outcome of a refresh.
pub(crate) type Refreshed = Result<Arc<RefreshedTokens>, RefreshFailure>;

/// How long a refused token is not tried again.
const REFUSED: Duration = Duration::from_secs(60 * 60);
/// How long the newest generation is known. The application begins each response earlier than that.
const NEWEST: Duration = Duration::from_secs(60 * 60);
/// The rest after an access token that had expired when it came, or that didn't read the user.
const USELESS_REST: Duration = Duration::from_secs(10);
/// The rest after a token's first failure. It doubles with each further failure, up to [`LONGEST_REST`].
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest time that a person waits after the provider has recovered.
const LONGEST_REST: Duration = Duration::from_secs(4);
/// The wait if all places are taken.
const CROWDED_REST: Duration = Duration::from_secs(1);
/// The number of entries in each map. An entry is a hash and two times.
const MAX_NOTED: usize = 100_000;

/// The refreshes of this process.
pub(crate) struct Refreshes(Mutex<Memory>);

struct Memory {
    in_flight: HashMap<(Key, SessionId), UnderWay<Refreshed>>,
    /// Tokens that are not tried at the moment, with the reason.
    noted: ExpiringMap<Key, Note, Instant>,
    /// The newest generation of each session.
    newest: ExpiringMap<SessionId, u32, Instant>,
    breaker: Breaker,
}

#[derive(Clone, Copy)]
enum Note {
    /// The provider refused the token.
    Refused,
    /// The provider refused the request, perhaps for another reason than the token.
    Declined,
    /// The refresh failed, or its access token had expired when it came.
    Resting(Rest),
}

#[derive(Clone, Copy)]
struct Rest {
    since: Instant,
    until: Instant,
    /// The number of failures in a row.
    failures: u32,
}

/// The state that a request finds.
pub(crate) enum Entered {
    /// The refresh is in flight.
    Joined(InFlight<Refreshed>),
    /// This request must start the refresh, and send its outcome.
    First(Sender<Refreshed>, InFlight<Refreshed>),
    /// The token is not tried now.
    Failed(RefreshFailure),
}

impl Refreshes {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            in_flight: HashMap::new(),
            noted: ExpiringMap::new(MAX_NOTED),
            newest: ExpiringMap::new(MAX_NOTED),
            breaker: Breaker::default(),
        }))
    }

    /// Joins a refresh, or starts one. `may_start` is `false` if all places are taken and the request isn't urgent.
    pub(crate) fn enter(&self, refresh: &RefreshRequest, may_start: bool) -> Entered {
        self.memory().enter(refresh, Instant::now(), may_start)
    }

    /// Records the outcome of a refresh, and returns it. The second `Declined` of a token becomes `Refused`.
    pub(crate) fn finish(&self, refresh: &RefreshRequest, refreshed: Refreshed) -> Refreshed {
        let (key, now) = (refresh.key, Instant::now());
        let mut memory = self.memory();
        memory.in_flight.remove(&(key, refresh.session.id()));
        shrink(&mut memory.in_flight);
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
                memory.learn(refresh.session.id(), refreshed.generation(), now);
            }
            Err(RefreshFailure::Refused) => {
                memory.noted.insert(key, Note::Refused, now + REFUSED);
            }
            // The next request asks again, since a wait doesn't help.
            Err(RefreshFailure::Declined) => {
                memory.noted.insert(key, Note::Declined, now + REFUSED);
            }
            // The token isn't noted, since another session may have the same one. The store has the revoked session.
            Err(failure) if failure.ends_session() => {}
            // The store is asked in any case, and has a rest of its own.
            Err(RefreshFailure::Crowded | RefreshFailure::StoreUnavailable) => {}
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

    /// Notes that a sign-in has replaced the tokens of a session, which has a new generation.
    pub(crate) fn replaced(&self, session: &SessionRef) {
        let now = Instant::now();
        self.memory().learn(session.id(), session.generation(), now);
    }

    /// Whether the provider may be asked now. `true` takes the breaker's probe.
    pub(crate) fn may_ask(&self) -> bool {
        self.memory().breaker.pass(Instant::now())
    }

    /// Tells the breaker how the provider answered for a token of this user. Returns whether it is open, if
    /// that has changed.
    pub(crate) fn answered(&self, user: u64, failure: Option<RefreshFailure>) -> Option<bool> {
        let (now, mut memory) = (Instant::now(), self.memory());
        match failure {
            None | Some(RefreshFailure::Refused | RefreshFailure::Declined) => {
                memory.breaker.succeeded(now).then_some(false)
            }
            Some(failure) => memory.breaker.failed(user, failure, now).then_some(true),
        }
    }

    /// Whether this process has refreshed a session to a newer generation.
    ///
    /// The browser may have shown that generation, so the store may no longer have the way to it.
    pub(crate) fn has_newer(&self, session: &SessionRef) -> bool {
        let memory = self.memory();
        let newest = memory.newest.get(&session.id());
        newest.is_some_and(|newest| *newest > session.generation())
    }

    /// Lets a new refresh token rest, since the access token beside it had expired when it came, or since the user could
    /// not be read with it.
    pub(crate) fn rest(&self, key: Key) {
        self.memory().rest(key, Instant::now(), USELESS_REST, 0);
    }

    #[cfg(test)]
    pub(crate) fn under_way(&self) -> usize {
        self.memory().in_flight.len()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// Learns a generation of a session. The newest one counts.
    fn learn(&mut self, id: SessionId, generation: u32, now: Instant) {
        let newest = self.newest.get(&id).copied().unwrap_or_default();
        self.newest.insert(id, generation.max(newest), now + NEWEST);
        self.newest.forget(now);
    }

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
        if let Some(in_flight) = self.in_flight.get(&work).and_then(UnderWay::join) {
            return Entered::Joined(in_flight);
        }
        let resting = match self.noted.get(&key) {
            Some(Note::Refused) => return Entered::Failed(RefreshFailure::Refused),
            Some(Note::Resting(rest))
                if rest.until > now && !self.breaker.has_closed_since(rest.since) =>
            {
                Some(rest.until)
            }
            Some(Note::Resting(_) | Note::Declined) | None => None,
        };
        let crowded = (!may_start).then(|| now + CROWDED_REST);
        let blocked = resting
            .or(crowded)
            .or_else(|| self.breaker.blocks_until(now));
        if let Some(until) = blocked {
            let millis = until.duration_since(now).as_millis();
            // The provider may ask for minutes at most, so the number fits.
            let retry_after = u64::try_from(millis.div_ceil(1_000)).unwrap_or(u64::MAX);
            return Entered::Failed(RefreshFailure::Unavailable { retry_after });
        }
        let (sender, in_flight) = in_flight();
        self.in_flight.insert(work, sender.under_way());
        Entered::First(sender, in_flight)
    }
}
