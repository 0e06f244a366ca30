//! The lease table of one process.
//!
//! ```text
//!            claim                     finish                  confirm, then 90 s; or its time
//!  unknown --------> held (one lease) --------> kept (sealed) ---------------------------> unknown
//!     ^                |    |                     |                                           ^
//!     |                |    | others wait         | a claim for something newer: held again   |
//!     \-- dropped -----/    \--> get the outcome  \--> spent, where it must not be done again -/
//! ```
//!
//! Rules:
//! - A lease lasts until it is dropped: its holder is a task of this process, which has a deadline.
//! - A request locks a table only if an outcome waits for its session to be confirmed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{SessionId, SessionRef};
use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::Instant;

use crate::store::counting_filter::{Counted, CountingFilter};
use crate::store::expiring_map::{ExpiringMap, shrink};
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::memory::outdated::Outdated;
use crate::store::store_error::StoreFuture;

/// How long an outcome stays after a request has shown its session. Older cookies are outdated after 60 seconds, and a
/// request that came just before that must find the outcome.
const CONFIRMED: Duration = Duration::from_secs(90);
/// With tokens of a kilobyte, about as many megabytes as a small application has to spare.
const MAX_KEPT: usize = 100_000;
/// A hash and a time each.
const MAX_SPENT: usize = 100_000;

/// The leases of all kinds.
pub(crate) struct LeaseTables {
    redemptions: Mutex<Table>,
    refreshes: Mutex<Table>,
    device_proofs: Mutex<Table>,
    /// The sessions with unconfirmed outcomes.
    unconfirmed: CountingFilter,
}

/// The leases of one kind. Keys of the other kinds never get here.
struct Table {
    /// The claimants that wait hear when the lease is given back.
    held: HashMap<LeaseKey, Arc<Notify>>,
    kept: ExpiringMap<LeaseKey, LeaseOutcome, Instant>,
    /// Spent keys that led to an outcome.
    spent: ExpiringMap<LeaseKey, (), Instant>,
    /// Spent keys that led to none. Strangers can cause them, so they have a map of their own, and evict no
    /// others.
    failed: ExpiringMap<LeaseKey, (), Instant>,
    /// The kept outcomes of each session that no request has confirmed.
    unconfirmed: HashMap<SessionId, Unconfirmed>,
    /// The same sessions, for requests.
    filter: CountingFilter,
    /// The older generations of the confirmed ones.
    outdated: Outdated,
}

/// The outcomes of a session that wait to be confirmed.
struct Unconfirmed {
    keys: Vec<LeaseKey>,
    _counted: Counted,
}

/// What a claim finds.
enum Entered {
    Settled(Claim),
    /// Another claimant holds the lease.
    Wait(OwnedNotified),
}

struct MemoryLease {
    tables: Arc<LeaseTables>,
    key: LeaseKey,
    dropped: Arc<Notify>,
}

impl LeaseTables {
    pub(crate) async fn claim(self: &Arc<Self>, key: LeaseKey, newer_than: Option<u32>) -> Claim {
        loop {
            match self.enter(key, newer_than) {
                Entered::Settled(claim) => return claim,
                Entered::Wait(dropped) => dropped.await,
            }
        }
    }

    fn enter(self: &Arc<Self>, key: LeaseKey, newer_than: Option<u32>) -> Entered {
        let mut table = self.table(key.kind());
        table.forget(Instant::now());
        if let Some(sealed) = table.find(&key, newer_than) {
            return Entered::Settled(Claim::Done(sealed.to_vec()));
        }
        if table.spent.get(&key).is_some() || table.failed.get(&key).is_some() {
            return Entered::Settled(Claim::Spent);
        }
        if let Some(held) = table.held.get(&key) {
            // Made under the table's lock, so it hears of a lease that is dropped from now on.
            return Entered::Wait(Arc::clone(held).notified_owned());
        }
        let dropped = Arc::<Notify>::default();
        table.held.insert(key, Arc::clone(&dropped));
        Entered::Settled(Claim::Granted(Box::new(MemoryLease {
            tables: Arc::clone(self),
            key,
            dropped,
        })))
    }

    pub(crate) fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> Option<Vec<u8>> {
        let mut table = self.table(key.kind());
        table.forget(Instant::now());
        table.find(&key, newer_than).map(<[u8]>::to_vec)
    }

    pub(crate) fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        if self.unconfirmed.is_empty() {
            return;
        }
        let session = session();
        if session.generation() > 0 && self.unconfirmed.may_have(session.id().bits()) {
            let mut table = self.table(LeaseKind::Refresh);
            table.confirm(&session, Instant::now());
        }
    }

    pub(crate) fn is_outdated(&self, session: &SessionRef) -> bool {
        let table = self.table(LeaseKind::Refresh);
        table.outdated.has(session, Instant::now())
    }

    fn table(&self, kind: LeaseKind) -> MutexGuard<'_, Table> {
        let table = match kind {
            LeaseKind::Redemption => &self.redemptions,
            LeaseKind::Refresh => &self.refreshes,
            LeaseKind::DeviceProof => &self.device_proofs,
        };
        table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lease for MemoryLease {
    fn remaining(&self) -> Duration {
        Duration::MAX
    }

    fn finish(self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()> {
        let mut table = self.tables.table(self.key.kind());
        table.keep(self.key, outcome, Instant::now());
        drop(table);
        Box::pin(async { Ok(()) })
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        let mut table = self.tables.table(self.key.kind());
        table.held.remove(&self.key);
        shrink(&mut table.held);
        drop(table);
        self.dropped.notify_waiters();
    }
}

impl Default for LeaseTables {
    fn default() -> Self {
        let refreshes = Table::default();
        Self {
            unconfirmed: refreshes.filter.clone(),
            redemptions: Mutex::default(),
            refreshes: Mutex::new(refreshes),
            device_proofs: Mutex::default(),
        }
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            kept: ExpiringMap::new(MAX_KEPT),
            spent: ExpiringMap::new(MAX_SPENT),
            failed: ExpiringMap::new(MAX_SPENT),
            unconfirmed: HashMap::new(),
            filter: CountingFilter::new(),
            outdated: Outdated::new(),
        }
    }
}

impl Table {
    fn find(&self, key: &LeaseKey, newer_than: Option<u32>) -> Option<&[u8]> {
        let kept = self.kept.get(key)?;
        let is_newer = newer_than.is_none_or(|version| kept.version() > version);
        is_newer.then_some(kept.sealed())
    }

    fn keep(&mut self, key: LeaseKey, outcome: LeaseOutcome, now: Instant) {
        if let Some(before) = self.kept.remove(&key) {
            self.disown(&key, &before);
        }
        if let Some(session) = outcome.session() {
            let unconfirmed = self.unconfirmed.entry(session);
            let unconfirmed = unconfirmed.or_insert_with(|| Unconfirmed {
                keys: Vec::with_capacity(1),
                _counted: self.filter.add(session.bits()),
            });
            unconfirmed.keys.push(key);
        }
        let gone = now + outcome.keep();
        if !outcome.spent().is_zero() {
            let spent = if outcome.sealed().is_empty() {
                &mut self.failed
            } else {
                &mut self.spent
            };
            spent.insert(key, (), gone + outcome.spent());
        }
        self.kept.insert(key, outcome, gone);
        self.forget(now);
    }

    fn confirm(&mut self, session: &SessionRef, now: Instant) {
        let Some(unconfirmed) = self.unconfirmed.get_mut(&session.id()) else {
            return;
        };
        let is_confirmed = |key: &mut LeaseKey| {
            let kept = self.kept.get(key);
            kept.is_none_or(|kept| kept.version() <= session.generation())
        };
        let confirmed: Vec<LeaseKey> = unconfirmed.keys.extract_if(.., is_confirmed).collect();
        if unconfirmed.keys.is_empty() {
            self.unconfirmed.remove(&session.id());
            shrink(&mut self.unconfirmed);
        }
        if !confirmed.is_empty() {
            self.outdated.show(session, now);
        }
        for key in confirmed {
            self.kept.goes_at(&key, now + CONFIRMED);
        }
    }

    fn forget(&mut self, now: Instant) {
        self.spent.forget(now);
        self.failed.forget(now);
        while let Some((key, kept)) = self.kept.take_gone(now) {
            self.disown(&key, &kept);
        }
    }

    /// An outcome that is gone waits for no confirmation.
    fn disown(&mut self, key: &LeaseKey, outcome: &LeaseOutcome) {
        let Some(session) = outcome.session() else {
            return;
        };
        if let Some(Unconfirmed { keys, .. }) = self.unconfirmed.get_mut(&session) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.unconfirmed.remove(&session);
                shrink(&mut self.unconfirmed);
            }
        }
    }
}

#[cfg(test)]
#[path = "leases_tests.rs"]
mod tests;
