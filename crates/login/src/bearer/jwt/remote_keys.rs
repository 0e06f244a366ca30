//! The keys of an address, read when they are needed and kept in memory.
//!
//! Rules:
//! - The keys are read at the first token. The first token after ten minutes has them read again, and does not wait. A
//!   token after eleven minutes waits for the answer.
//! - For a token with an unknown key ID the keys are read at once, but at most once a minute. All requests share one
//!   question.
//! - If the keys can't be read, the last ones count until they are an hour old. The next attempt comes after ten seconds
//!   at the earliest. Without keys, requests with a token get 503.
//! - A set without a key that can be used counts as not read.
//!
//! So strangers with invented tokens cause one request a minute, or six while FNCY fails. A key that FNCY removes is
//! accepted for eleven minutes at most, or for an hour if FNCY can't be reached.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Exchange, SecureUrl};
use tokio::time::Instant;

use crate::bearer::jwt::key_set::KeySet;
use crate::observe::once_per_minute::{OncePerMinute, limited};
use crate::provider::exchanges::Exchanges;
use crate::provider::places::{Places, Work};
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::store::in_flight::{InFlight, UnderWay, in_flight};

/// Keys of this age are read again.
pub(crate) const FRESH: Duration = Duration::from_secs(10 * 60);
/// How long older keys count while newer ones are read beside them.
const BESIDE: Duration = Duration::from_secs(60);
/// Keys count until this age.
pub(crate) const KEPT: Duration = Duration::from_secs(60 * 60);
/// The shortest time between an answer with keys and the next question.
pub(crate) const QUIET: Duration = Duration::from_secs(60);
/// The shortest time between a failure and the next question.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// What a question to FNCY needs.
#[derive(Clone)]
pub(crate) struct KeyFetch {
    pub(crate) provider: Arc<dyn Exchanges>,
    pub(crate) places: Arc<Places>,
}

/// The keys of an address. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct RemoteKeys(Arc<Remote>);

struct Remote {
    url: SecureUrl,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<(Arc<KeySet>, Instant)>,
    /// FNCY is not asked before this time.
    quiet_until: Option<Instant>,
    asked: Option<UnderWay<()>>,
    lines: OncePerMinute,
}

impl RemoteKeys {
    pub(crate) fn new(url: SecureUrl) -> Self {
        let state = Mutex::default();
        Self(Arc::new(Remote { url, state }))
    }

    pub(crate) fn url(&self) -> &SecureUrl {
        &self.0.url
    }

    /// The keys. If no keys are known, the call waits for FNCY.
    pub(crate) async fn current(&self, fetch: &KeyFetch) -> Option<Arc<KeySet>> {
        let now = Instant::now();
        let known = self.state().known(now);
        match known {
            Some((keys, read)) if now - read < FRESH + BESIDE => {
                if now - read >= FRESH {
                    drop(self.ask(fetch, now));
                }
                Some(keys)
            }
            // FNCY may have withdrawn a key meanwhile. If it can't be asked, the known keys count.
            known => self.newer(fetch).await.or(known.map(|(keys, _)| keys)),
        }
    }

    /// The keys after a question. `None` if no question may be asked now, or if FNCY does not answer.
    pub(crate) async fn newer(&self, fetch: &KeyFetch) -> Option<Arc<KeySet>> {
        let now = Instant::now();
        let asked = self.ask(fetch, now)?;
        asked.outcome(now + EXCHANGE_DEADLINE).await?;
        let (keys, _) = self.state().known(Instant::now())?;
        Some(keys)
    }

    /// Joins the question, or begins it unless it is too early.
    fn ask(&self, fetch: &KeyFetch, now: Instant) -> Option<InFlight<()>> {
        let mut state = self.state();
        if let Some(asked) = state.asked.as_ref().and_then(UnderWay::join) {
            return Some(asked);
        }
        if state.quiet_until.is_some_and(|until| now < until) {
            return None;
        }
        let (sender, asked) = in_flight();
        state.quiet_until = Some(now + AFTER_FAILURE);
        state.asked = Some(sender.under_way());
        let (keys, fetch) = (self.clone(), fetch.clone());
        tokio::spawn(async move {
            let read = keys.read(&fetch).await;
            keys.state().finish(read, Instant::now());
            sender.tell(());
        });
        Some(asked)
    }

    async fn read(&self, fetch: &KeyFetch) -> Result<KeySet, &'static str> {
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let place = fetch.places.take(Work::Other, deadline).await;
        let place = place.ok_or("too many requests wait for FNCY")?;
        let exchange = Exchange::KeySet { url: &self.0.url };
        match fetch.provider.run(exchange, &place, deadline).await {
            Ok(answer) if answer.status == 200 => KeySet::parse(&answer.body)
                .ok_or("the answer is no key set with a key that can be used"),
            Ok(_) => Err("the status of the answer is not 200"),
            Err(_) => Err("FNCY can't be reached"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The keys that count now, with the time at which they were read.
    fn known(&self, now: Instant) -> Option<(Arc<KeySet>, Instant)> {
        let known = self.known.as_ref();
        known.filter(|(_, read)| now - *read < KEPT).cloned()
    }

    fn finish(&mut self, read: Result<KeySet, &'static str>, now: Instant) {
        match read {
            Ok(keys) => {
                self.known = Some((Arc::new(keys), now));
                self.quiet_until = Some(now + QUIET);
            }
            Err(detail) => {
                self.quiet_until = Some(now + AFTER_FAILURE);
                limited!(
                    self,
                    warn,
                    "the keys of JWTs can't be read",
                    by detail,
                    detail
                );
            }
        }
    }
}
