//! The store of one process: the default.
//!
//! ```text
//!            claim                     finish                  confirm, then 60 s; or its time
//!  unknown --------> held (one lease) --------> kept (sealed) ---------------------------> unknown
//!     ^                |    |                     |                                           ^
//!     |                |    | others wait         | a claim for something newer: held again   |
//!     \-- dropped -----/    \--> get what is left \--> spent, where it must not be done again -/
//! ```
//!
//! Rules:
//! - Memory is bounded, and whatever would go soonest goes first. A restart loses it.
//! - Nothing locks for a request while no session was ended and none waits to be confirmed; none whose
//!   tokens were never refreshed waits for that.
//! - Nothing is forgotten because a clock was wrong: entries live by one that nobody sets.
//! - A lease lasts until it is dropped: it lives in a task of this process, which has a deadline.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{SessionRef, Timestamp};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::store::expiring_map::ExpiringMap;
use crate::store::outdated::{CONFIRMED, Outdated};
use crate::store::revocations::Ended;
use crate::store::shared_store::{
    Asked, Claim, Finished, Known, Lease, RevokedSession, SharedStore, StoreError, Work, WorkKind,
};

/// Between two warnings that there is no room.
const QUIET: Duration = Duration::from_secs(60);
/// With tokens of a kilobyte, about as many megabytes as a small application has to spare.
const MAX_KEPT: usize = 100_000;
/// A hash and a time each.
const MAX_SPENT: usize = 100_000;

type Key = [u8; 32];
type SessionId = [u8; 16];

/// Coordinates the logins of one process. Clones are the same.
///
/// A [`Login`](crate::Login) has one of its own, unless it is given another. Two logins of one
/// process, such as the old and the new settings of an application that reloads them, can share one.
#[derive(Clone)]
pub struct MemoryStore(Arc<Shared>);

struct Shared {
    redemptions: Mutex<Works>,
    refreshes: Mutex<Works>,
    ended: Mutex<Ended>,
    /// How many sessions and users that are, so that nobody locks for nothing.
    ended_count: AtomicUsize,
    /// When the last warning was given that there is no room for more.
    warned: Mutex<Option<Instant>>,
    /// How many sessions wait to be confirmed, so that nobody locks for nothing.
    unconfirmed_count: AtomicUsize,
}

/// The works of one kind.
struct Works {
    /// Told when the lease is given back.
    held: HashMap<Key, watch::Receiver<()>>,
    kept: ExpiringMap<Key, Kept, Instant>,
    /// Work that came to something.
    spent: ExpiringMap<Key, (), Instant>,
    /// Work that came to nothing, which strangers can cause: however much of it there is, it puts none of
    /// the other out.
    failed: ExpiringMap<Key, (), Instant>,
    /// The kept ones of each session that no request has confirmed.
    unconfirmed: HashMap<SessionId, Vec<Key>>,
    /// The older generations of those that were confirmed.
    outdated: Outdated,
}

struct Kept {
    version: u32,
    sealed: Vec<u8>,
    session: Option<SessionId>,
}

/// What a claim finds.
enum Entered {
    Settled(Claim),
    /// Somebody holds the lease.
    Wait(watch::Receiver<()>),
}

struct MemoryLease {
    shared: Arc<Shared>,
    work: Work,
    /// Those who wait are told when it goes.
    _held: watch::Sender<()>,
}

impl MemoryStore {
    /// Nothing is held, and nothing has ended.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(Shared {
            redemptions: Mutex::new(Works::new()),
            refreshes: Mutex::new(Works::new()),
            ended: Mutex::new(Ended::new()),
            ended_count: AtomicUsize::new(0),
            warned: Mutex::default(),
            unconfirmed_count: AtomicUsize::new(0),
        }))
    }

    async fn settle(&self, work: Work) -> Claim {
        loop {
            match self.0.enter(work) {
                Entered::Settled(claim) => return claim,
                // An error means that the lease is gone, which is what is waited for.
                Entered::Wait(mut held) => drop(held.changed().await),
            }
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl SharedStore for MemoryStore {
    fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        let has_ended = self.0.ended_count.load(Ordering::Acquire) > 0
            && lock(&self.0.ended).has(session, user_id);
        if has_ended { Known::Ended } else { Known::Live }
    }

    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool> {
        let known = self.known(&session, user_id);
        Box::pin(async move { Ok(known == Known::Ended) })
    }

    fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        let works = self.0.works(WorkKind::Refresh);
        let is_outdated = works.outdated.has(&session, Instant::now());
        drop(works);
        Box::pin(async move { Ok(is_outdated) })
    }

    fn end(&self, ending: RevokedSession) -> Asked<'_, ()> {
        self.0.change_ended(|ended, now| ended.add(&ending, now));
        Box::pin(async { Ok(()) })
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        self.0
            .change_ended(|ended, now| ended.add_user(user_id, at, now));
        Box::pin(async { Ok(()) })
    }

    fn begin<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, ()> {
        self.0
            .change_ended(|ended, now| ended.begin(&session, user_id, now));
        Box::pin(async { Ok(()) })
    }

    fn claim(&self, work: Work) -> Asked<'_, Claim> {
        Box::pin(async move { Ok(self.settle(work).await) })
    }

    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        let mut works = self.0.works(work.kind);
        self.0.forget(&mut works, work.kind);
        let found = works.left_of(&work).map(<[u8]>::to_vec);
        drop(works);
        Box::pin(async move { Ok(found) })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        if self.0.unconfirmed_count.load(Ordering::Acquire) == 0 {
            return;
        }
        let session = session();
        if session.generation > 0 {
            let mut works = self.0.works(WorkKind::Refresh);
            works.confirm(&session, Instant::now());
            self.0.count_unconfirmed(&works);
        }
    }
}

impl Shared {
    fn change_ended(&self, change: impl FnOnce(&mut Ended, Instant)) {
        let now = Instant::now();
        let mut ended = lock(&self.ended);
        change(&mut ended, now);
        let is_crowded = ended.forget(now);
        self.ended_count.store(ended.len(), Ordering::Release);
        drop(ended);
        if is_crowded {
            self.warn(now);
        }
    }

    fn warn(&self, now: Instant) {
        let mut warned = lock(&self.warned);
        if warned.is_none_or(|last| now - last >= QUIET) {
            *warned = Some(now);
            tracing::warn!(
                "more sessions were signed out than this process remembers; the oldest sign-outs are \
                 forgotten, and copies of their cookies open again"
            );
        }
    }

    fn works(&self, kind: WorkKind) -> MutexGuard<'_, Works> {
        lock(match kind {
            WorkKind::Redemption => &self.redemptions,
            WorkKind::Refresh => &self.refreshes,
        })
    }

    fn enter(self: &Arc<Self>, work: Work) -> Entered {
        let mut works = self.works(work.kind);
        self.forget(&mut works, work.kind);
        if let Some(sealed) = works.left_of(&work) {
            return Entered::Settled(Claim::Done(sealed.to_vec()));
        }
        if works.spent.get(&work.key).is_some() || works.failed.get(&work.key).is_some() {
            return Entered::Settled(Claim::Spent);
        }
        if let Some(held) = works.held.get(&work.key) {
            return Entered::Wait(held.clone());
        }
        let (held, told) = watch::channel(());
        works.held.insert(work.key, told);
        Entered::Settled(Claim::Granted(Box::new(MemoryLease {
            shared: Arc::clone(self),
            work,
            _held: held,
        })))
    }

    /// What has gone is nothing that anybody finds.
    fn forget(&self, works: &mut Works, kind: WorkKind) {
        works.forget(Instant::now());
        if kind == WorkKind::Refresh {
            self.count_unconfirmed(works);
        }
    }

    fn count_unconfirmed(&self, works: &Works) {
        let count = works.unconfirmed.len();
        self.unconfirmed_count.store(count, Ordering::Release);
    }
}

impl Lease for MemoryLease {
    fn remaining(&self) -> Duration {
        Duration::MAX
    }

    fn finish(self: Box<Self>, outcome: Finished) -> Asked<'static, ()> {
        let kind = self.work.kind;
        let mut works = self.shared.works(kind);
        works.keep(self.work.key, outcome, Instant::now());
        if kind == WorkKind::Refresh {
            self.shared.count_unconfirmed(&works);
        }
        drop(works);
        Box::pin(async { Ok::<(), StoreError>(()) })
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        let mut works = self.shared.works(self.work.kind);
        works.held.remove(&self.work.key);
    }
}

impl Works {
    fn new() -> Self {
        Self {
            held: HashMap::new(),
            kept: ExpiringMap::new(MAX_KEPT),
            spent: ExpiringMap::new(MAX_SPENT),
            failed: ExpiringMap::new(MAX_SPENT),
            unconfirmed: HashMap::new(),
            outdated: Outdated::new(),
        }
    }

    fn left_of(&self, work: &Work) -> Option<&[u8]> {
        let kept = self.kept.get(&work.key)?;
        let is_newer = work.newer_than.is_none_or(|version| kept.version > version);
        is_newer.then_some(kept.sealed.as_slice())
    }

    fn keep(&mut self, key: Key, outcome: Finished, now: Instant) {
        self.drop_kept(&key);
        if let Some(session) = outcome.session {
            self.unconfirmed.entry(session).or_default().push(key);
        }
        if !outcome.spent.is_zero() {
            let spent = if outcome.sealed.is_empty() {
                &mut self.failed
            } else {
                &mut self.spent
            };
            spent.insert(key, (), now + outcome.keep + outcome.spent);
        }
        let kept = Kept {
            version: outcome.version,
            sealed: outcome.sealed,
            session: outcome.session,
        };
        self.kept.insert(key, kept, now + outcome.keep);
        self.forget(now);
    }

    fn confirm(&mut self, session: &SessionRef, now: Instant) {
        let Some(keys) = self.unconfirmed.remove(&session.id) else {
            return;
        };
        let (confirmed, rest): (Vec<Key>, Vec<Key>) = keys.into_iter().partition(|key| {
            let kept = self.kept.get(key);
            kept.is_none_or(|kept| kept.version <= session.generation)
        });
        if !confirmed.is_empty() {
            self.outdated.show(session, now);
        }
        for key in confirmed {
            self.kept.goes_at(&key, now + CONFIRMED);
        }
        if !rest.is_empty() {
            self.unconfirmed.insert(session.id, rest);
        }
    }

    fn forget(&mut self, now: Instant) {
        self.spent.forget(now);
        self.failed.forget(now);
        while let Some((key, kept)) = self.kept.take_gone(now) {
            self.disown(&key, &kept);
        }
    }

    fn drop_kept(&mut self, key: &Key) {
        if let Some(kept) = self.kept.remove(key) {
            self.disown(key, &kept);
        }
    }

    /// What has gone waits for nobody's confirmation.
    fn disown(&mut self, key: &Key, kept: &Kept) {
        let Some(session) = &kept.session else {
            return;
        };
        if let Some(keys) = self.unconfirmed.get_mut(session) {
            keys.retain(|other| other != key);
            if keys.is_empty() {
                self.unconfirmed.remove(session);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
