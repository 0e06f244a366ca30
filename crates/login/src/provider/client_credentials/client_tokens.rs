//! The table of the application's tokens, one for each scope.
//!
//! ```text
//!            enter                          finish(Ok)         the leeway begins
//!  unknown --------> in flight (one task) -------------> kept -------------------> in flight ...
//!                      |  |                                ^                           |
//!         later callers|  | finish(Err)                    |    finish(Err): used until it expires
//!         wait --------/  \--------> resting ----------> unknown
//! ```
//!
//! Rules:
//! - The task outlives the caller that started it, and the next caller finds its token.
//! - A token is replaced a little before it expires. If that fails, it is used until it expires.
//! - If the provider can't be reached or is overloaded, all scopes rest. If it refuses, or its answer can't be read, one
//!   scope rests.
//! - Memory is bounded. The scope with the oldest call is removed first, unless its exchange is in flight.

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

/// Scopes to ask for, in their canonical spelling.
type Key = Option<String>;
/// The outcome of an exchange.
pub(crate) type Obtained = Result<ClientToken, ClientTokenError>;

/// The most scopes. An application has a few, and one that invents scopes must not fill the memory.
const MAX_SCOPES: usize = 64;

/// The application's own tokens in this process.
#[derive(Default)]
pub(crate) struct ClientTokens(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    scopes: HashMap<Key, Entry>,
    /// The rest of all scopes, after the provider could not be reached.
    failing: Option<Rest>,
}

/// The state of one scope.
struct Entry {
    token: Option<ClientToken>,
    in_flight: Option<UnderWay<Obtained>>,
    resting: Option<Rest>,
    asked_for: Instant,
}

/// A time without exchanges, and the error that callers get.
struct Rest {
    until: Instant,
    error: ClientTokenError,
}

/// The state that a caller finds.
pub(crate) enum Entered {
    /// A token that can be used.
    Known(ClientToken),
    /// The exchange is in flight.
    Joined(InFlight<Obtained>),
    /// This caller must start the exchange, and send its outcome.
    First(Sender<Obtained>, InFlight<Obtained>),
    /// The provider isn't asked now.
    Failed(ClientTokenError),
}

impl ClientTokens {
    pub(crate) fn enter(&self, key: &Key, time: Timestamp) -> Entered {
        self.memory().enter(key, time, Instant::now())
    }

    /// Records the outcome of an exchange. After a failure, the provider isn't asked for the time of `rest`.
    pub(crate) fn finish(&self, key: &Key, obtained: &Obtained, rest: Duration) {
        let mut memory = self.memory();
        let memory = &mut *memory;
        let Some(entry) = memory.scopes.get_mut(key) else {
            return;
        };
        entry.in_flight = None;
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

    /// A token that has not expired, even if it is due for replacement.
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
        self.in_flight.as_ref().and_then(UnderWay::join)
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
            if let Some(in_flight) = entry.under_way() {
                return Entered::Joined(in_flight);
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
            let detail = "too many scopes are asked for at once";
            let failure = NoClientGrant::new(NoGrantReason::Unavailable, detail);
            return Entered::Failed(ClientTokenError::new(failure));
        }
        let (sender, in_flight) = in_flight();
        let entry = self.scopes.entry(key.clone()).or_insert_with(|| Entry {
            token: None,
            in_flight: None,
            resting: None,
            asked_for: now,
        });
        entry.in_flight = Some(sender.under_way());
        Entered::First(sender, in_flight)
    }

    /// Makes room for one more scope if the table is full. `false` if all its exchanges are in flight.
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
