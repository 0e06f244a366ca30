//! The renewals that are under way in this process, and those that there is no use in trying.
//!
//! ```text
//!            enter                       finish(Ok)
//!  unknown --------> coming (one task) -----------------------------> unknown: the coordinator has it
//!     ^                |  |  |
//!     |    later ones  |  |  | finish(Refused, ended)
//!     |    wait -------/  |  \---------> refused ---------- 1 h ----> unknown
//!     |                   | finish(Unreadable), rest(a token that was dead on arrival)
//!     |                   |------------> resting ------ 5 s, 10 s --> unknown
//!     |                   | finish(Unavailable)
//!     \-------------------/ and nobody is asked for a moment
//! ```
//!
//! Rules:
//! - However many requests wait for a refresh token, one task uses it, and outlives them all: a
//!   refresh token that was sent may be spent.
//! - An unreachable or overloaded provider is left alone for a moment by everybody.
//! - Memory is bounded, and whatever would go soonest goes first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{RenewalFailure, Successor};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::fading::Fading;

/// A keyed hash of a refresh token.
type Key = [u8; 32];
/// What a renewal came to.
pub(crate) type Renewed = Result<Arc<Successor>, RenewalFailure>;
/// A renewal that is under way.
pub(crate) type Coming = watch::Receiver<Option<Renewed>>;
/// What tells those who wait.
pub(crate) type Sender = watch::Sender<Option<Renewed>>;

/// How long a refused token is not asked for again.
const REFUSED: Duration = Duration::from_secs(60 * 60);
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
    coming: HashMap<Key, Coming>,
    /// Why there is no use in trying.
    noted: Fading<Key, Note, Instant>,
    /// Nobody asks the provider before this.
    failing_until: Option<Instant>,
}

#[derive(Clone, Copy)]
enum Note {
    /// The provider refused it, or its session was ended.
    Over(RenewalFailure),
    /// Not before this.
    Resting(Instant),
}

/// What a request that needs a renewal finds.
pub(crate) enum Entered {
    /// It is under way.
    Joined(Coming),
    /// Nobody is at it: this request starts it, and tells.
    First(Sender, Coming),
    /// There is no use in asking now.
    Failed(RenewalFailure),
}

impl Renewals {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            coming: HashMap::new(),
            noted: Fading::new(MAX_NOTED),
            failing_until: None,
        }))
    }

    /// `may_start` is off where all connections are taken and the request can do without.
    pub(crate) fn enter(&self, key: Key, may_start: bool) -> Entered {
        self.memory().enter(key, Instant::now(), may_start)
    }

    /// A renewal has ended.
    pub(crate) fn finish(&self, key: Key, renewed: &Renewed) {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.coming.remove(&key);
        match renewed {
            Ok(_) => {}
            Err(failure) if failure.is_final() => {
                memory
                    .noted
                    .insert(key, Note::Over(*failure), now + REFUSED);
            }
            Err(RenewalFailure::Unavailable { retry_after }) => {
                memory.failing_until = Some(now + Duration::from_secs(*retry_after));
            }
            Err(_) => memory.rest(key, now + UNREADABLE_REST),
        }
    }

    /// The provider has just given an access token that was dead on arrival, and this refresh token:
    /// asking again at once is no use.
    pub(crate) fn rest(&self, key: Key) {
        self.memory().rest(key, Instant::now() + STILLBORN_REST);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn rest(&mut self, key: Key, until: Instant) {
        self.noted.insert(key, Note::Resting(until), until);
    }

    fn enter(&mut self, key: Key, now: Instant, may_start: bool) -> Entered {
        self.noted.forget(now);
        if let Some(coming) = self.coming.get(&key) {
            return Entered::Joined(coming.clone());
        }
        let resting = match self.noted.get(&key) {
            Some(Note::Over(failure)) => return Entered::Failed(*failure),
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
        let (sender, coming) = watch::channel(None);
        self.coming.insert(key, coming.clone());
        Entered::First(sender, coming)
    }
}
