//! One token for each scope, however many callers want it.
//!
//! ```text
//!            enter                       finish(Ok)          the leeway begins
//!  unknown --------> coming (one task) --------------> kept -------------------> coming ...
//!                      |  |                              ^                          |
//!          later ones  |  | finish(Err)                  |     finish(Err): used while it lives
//!          wait ------/   \------> resting ------------> unknown
//! ```
//!
//! Rules:
//! - The task outlives the caller that started it: the next one finds its token.
//! - A token is replaced a little before it expires; where that fails, it is used until it does.
//! - A provider that can't be reached or is overloaded is left alone by all scopes; what it refuses or
//!   garbles concerns one scope.
//! - Memory is bounded: the scope that was asked for longest ago is forgotten first, and nobody's
//!   exchange with it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{NoClientGrant, NoGrantReason, Timestamp};
use tokio::time::Instant;

use crate::provider::client_credentials::client_token::ClientToken;
use crate::provider::client_credentials::client_token_error::{
    ClientTokenError, ClientTokenErrorKind,
};
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// Scopes to ask for, in their one spelling.
type Key = Option<String>;
/// What an exchange came to.
pub(crate) type Obtained = Result<ClientToken, ClientTokenError>;

/// An application has a handful; more are the mistake of one that makes them up as it goes.
const MAX_SCOPES: usize = 64;

/// The client's own tokens in this process.
#[derive(Default)]
pub(crate) struct ClientTokens(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    scopes: HashMap<Key, Entry>,
    /// The provider could not be asked, and nobody does until then.
    failing: Option<Rest>,
}

/// What is known of one scope.
struct Entry {
    token: Option<ClientToken>,
    coming: Option<UnderWay<Obtained>>,
    resting: Option<Rest>,
    asked_for: Instant,
}

/// Why there is no use in asking, and until when.
struct Rest {
    until: Instant,
    error: ClientTokenError,
}

/// What a caller finds.
pub(crate) enum Entered {
    /// A token that can be used.
    Known(ClientToken),
    /// It is under way.
    Joined(InFlight<Obtained>),
    /// Nobody is at it: this caller starts it, and tells.
    First(Sender<Obtained>, InFlight<Obtained>),
    /// There is no use in asking now.
    Failed(ClientTokenError),
}

impl ClientTokens {
    pub(crate) fn enter(&self, key: &Key, time: Timestamp) -> Entered {
        self.memory().enter(key, time, Instant::now())
    }

    /// An exchange has ended; a failure is not repeated for the time of `rest`.
    pub(crate) fn finish(&self, key: &Key, obtained: &Obtained, rest: Duration) {
        let mut memory = self.memory();
        let memory = &mut *memory;
        let Some(entry) = memory.scopes.get_mut(key) else {
            return;
        };
        entry.coming = None;
        let error = match obtained {
            Ok(token) => {
                entry.token = Some(token.clone());
                entry.resting = None;
                return;
            }
            Err(error) => error.clone(),
        };
        let until = Instant::now() + rest;
        let resting = Some(Rest { until, error });
        match obtained.as_ref().map_err(ClientTokenError::kind) {
            Err(ClientTokenErrorKind::Unavailable { .. }) => memory.failing = resting,
            _ => entry.resting = resting,
        }
    }

    /// A token that has not expired, fresh or not.
    pub(crate) fn living(&self, key: &Key, time: Timestamp) -> Option<ClientToken> {
        let memory = self.memory();
        let token = memory.scopes.get(key)?.token.as_ref()?;
        token.is_alive(time).then(|| token.clone())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn under_way(&self) -> Option<InFlight<Obtained>> {
        self.coming.as_ref().and_then(UnderWay::join)
    }
}

impl Memory {
    fn enter(&mut self, key: &Key, time: Timestamp, now: Instant) -> Entered {
        let failing = self.failing.as_ref();
        if let Some(entry) = self.scopes.get_mut(key) {
            entry.asked_for = now;
            if let Some(token) = entry.token.as_ref().filter(|token| token.is_fresh(time)) {
                return Entered::Known(token.clone());
            }
            if let Some(coming) = entry.under_way() {
                return Entered::Joined(coming);
            }
        }
        let entry = self.scopes.get(key);
        let resting = entry.and_then(|entry| entry.resting.as_ref());
        let rests = failing.into_iter().chain(resting);
        if let Some(rest) = rests
            .filter(|rest| rest.until > now)
            .max_by_key(|rest| rest.until)
        {
            let token = entry.and_then(|entry| entry.token.as_ref());
            return match token.filter(|token| token.is_alive(time)) {
                Some(token) => Entered::Known(token.clone()),
                None => Entered::Failed(rest.error.with_rest(rest.until - now)),
            };
        }
        if !self.has_room(key) {
            let detail = "too many scopes are being asked for at once";
            let failure = NoClientGrant::new(NoGrantReason::Unavailable, detail);
            return Entered::Failed(ClientTokenError::new(failure));
        }
        let (sender, coming) = in_flight();
        let entry = self.scopes.entry(key.clone()).or_insert_with(|| Entry {
            token: None,
            coming: None,
            resting: None,
            asked_for: now,
        });
        entry.coming = Some(sender.under_way());
        Entered::First(sender, coming)
    }

    /// Makes room for one more scope, if need be.
    fn has_room(&mut self, key: &Key) -> bool {
        if self.scopes.len() < MAX_SCOPES || self.scopes.contains_key(key) {
            return true;
        }
        let idle = self.scopes.iter();
        let idle = idle.filter(|(_, entry)| entry.under_way().is_none());
        let oldest = idle.min_by_key(|(_, entry)| entry.asked_for);
        let oldest = oldest.map(|(key, _)| key.clone());
        oldest.is_some_and(|oldest| self.scopes.remove(&oldest).is_some())
    }
}

#[cfg(test)]
#[path = "client_tokens_tests.rs"]
mod tests;
