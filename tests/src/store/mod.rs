//! A store for scenarios that behaves like one in another process: it keeps bytes, its leases expire by themselves, and
//! it can be down.
//!
//! Each instance of an application has an [`Instance`] for its access to the shared [`Store`]. An instance remembers
//! answers for a short time.

pub mod contract;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome, Leases, MAX_LISTED, RevocationStatus,
    Revocations, RevokedSession, SealedSession, SessionId, SessionLists, SessionRef, SharedStore,
    StoreError, StoreFuture, UserKey,
};
use tokio::time::{Instant, sleep};

/// The state that the instances share. Clones share it too.
#[derive(Clone)]
pub struct Store(Arc<Mutex<State>>);

struct State {
    is_down: bool,
    /// The delay until instances learn of a revocation.
    hears_after: Duration,
    lease: Duration,
    claims: u64,
    confirmed: Vec<(SessionRef, Instant)>,
    /// How long older generations stay valid after that.
    outdates_after: Duration,
    fences: u64,
    leases: HashMap<LeaseKey, (u64, Instant)>,
    left: HashMap<LeaseKey, Left>,
    revoked: HashMap<SessionId, RevokedSession>,
    /// Users whose sessions are revoked that were issued until this time, except for one.
    /// All entries of each user.
    revoked_users: HashMap<String, Vec<(Timestamp, Option<SessionId>)>>,
    /// Sessions that began after that, with the time of the entry that doesn't revoke them.
    began: HashMap<SessionId, Timestamp>,
    /// The time since which users must have been read.
    reads: HashMap<String, Timestamp>,
    /// The session lists, with the time at which each entry was put.
    lists: HashMap<(UserKey, SessionId), (SealedSession, Instant)>,
}

struct Left {
    outcome: LeaseOutcome,
    /// The version of the outcome, unless a scenario has changed it.
    sealed: Vec<u8>,
    since: Instant,
}

impl Default for Store {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State {
            is_down: false,
            hears_after: Duration::ZERO,
            lease: Duration::from_secs(30),
            claims: 0,
            confirmed: Vec::new(),
            outdates_after: Duration::from_secs(60),
            fences: 0,
            leases: HashMap::new(),
            left: HashMap::new(),
            revoked: HashMap::new(),
            revoked_users: HashMap::new(),
            began: HashMap::new(),
            reads: HashMap::new(),
            lists: HashMap::new(),
        })))
    }
}

impl Store {
    /// The access of one instance to this store.
    pub fn instance(&self) -> Instance {
        Instance {
            store: self.clone(),
            looked: Arc::default(),
        }
    }

    /// Makes the store unreachable for all instances, or reachable again.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// Sets the delay until instances learn of a revocation.
    pub fn hears_after(&self, delay: Duration) {
        self.state().hears_after = delay;
    }

    /// Sets how long leases last.
    pub fn grants(&self, lease: Duration) {
        self.state().lease = lease;
    }

    /// Sets how long older generations stay valid after a newer one was shown.
    pub fn outdates_after(&self, delay: Duration) {
        self.state().outdates_after = delay;
    }

    /// The number of claims.
    pub fn claims(&self) -> u64 {
        self.state().claims
    }

    /// The newest generation that a request has confirmed.
    pub fn confirmed(&self) -> Option<u32> {
        let state = self.state();
        state
            .confirmed
            .iter()
            .map(|(session, _)| session.generation())
            .max()
    }

    /// The number of redemptions in the store: under way, and with an outcome.
    pub fn redemptions(&self) -> usize {
        let state = self.state();
        let keys: HashSet<_> = state.leases.keys().chain(state.left.keys()).collect();
        let redemptions = keys
            .iter()
            .filter(|key| key.kind() == LeaseKind::Redemption);
        redemptions.count()
    }

    /// Changes the outcomes of all refreshes.
    pub fn tamper(&self, change: impl FnOnce(&mut [&mut Vec<u8>])) {
        let mut state = self.state();
        let left = state.left.iter_mut();
        let refreshes = left.filter(|(key, _)| key.kind() == LeaseKind::Refresh);
        let mut texts: Vec<_> = refreshes.map(|(_, left)| &mut left.sealed).collect();
        change(&mut texts);
    }

    /// The whole content of the store as text, to search it for secrets.
    pub fn contents(&self) -> String {
        let state = self.state();
        let texts = state.left.values().map(|left| &left.sealed);
        let texts = texts.map(|sealed| String::from_utf8_lossy(sealed).into_owned());
        let listed = state.lists.values();
        texts
            .chain(listed.map(|(entry, _)| entry.sealed().to_owned()))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The state, unless the store is down.
    fn reach(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.is_down {
            Err(StoreError::new())
        } else {
            Ok(state)
        }
    }
}

impl State {
    fn is_revoked(&self, session: &SessionRef, user_id: &str) -> bool {
        let revoked = self.revoked.get(&session.id());
        let began = self.began.get(&session.id());
        let of_user = self.revoked_users.get(user_id);
        revoked.is_some_and(|revoked| revoked.reaches(session))
            || of_user.into_iter().flatten().any(|(until, spared)| {
                session.issued() <= *until
                    && *spared != Some(session.id())
                    && began.is_none_or(|began| began < until)
            })
    }

    /// The answer to a claim, unless its lease is free or held.
    fn answer(&self, key: &LeaseKey, newer_than: Option<u32>) -> Option<Claim> {
        let Left {
            outcome,
            sealed,
            since,
        } = self.left.get(key)?;
        let age = since.elapsed();
        let is_newer = newer_than.is_none_or(|version| outcome.version() > version);
        if age < outcome.keep() && is_newer {
            Some(Claim::Done(sealed.clone()))
        } else if age < outcome.keep() + outcome.spent() && !outcome.spent().is_zero() {
            Some(Claim::Spent)
        } else {
            None
        }
    }
}

/// The copies of a session that are bound to a device key, or those that are not.
type Copies = (SessionId, bool);

fn copies_of(session: &SessionRef) -> Copies {
    (session.id(), session.is_bound())
}

/// The access of one instance to the store.
#[derive(Clone)]
pub struct Instance {
    store: Store,
    /// When it last learned that a session lives. `None` for a session that it knows to be revoked.
    looked: Arc<Mutex<HashMap<Copies, Option<Instant>>>>,
}

/// The largest age of a status. The contract's five seconds would slow down every test.
const STALE_AFTER: Duration = Duration::from_millis(300);

impl Instance {
    /// Forgets what it knows of a session, except that it is revoked.
    fn forget(&self, revoked: &RevokedSession) {
        let mut looked = self.looked.lock().unwrap();
        for is_bound in [false, true] {
            let copies = (revoked.session().id(), is_bound);
            if revoked.is_whole() {
                looked.insert(copies, None);
            } else {
                looked.remove(&copies);
            }
        }
    }
}

impl Revocations for Instance {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        let looked = self.looked.lock().unwrap();
        match looked.get(&copies_of(session)) {
            Some(None) => RevocationStatus::Revoked,
            Some(Some(when)) if when.elapsed() < STALE_AFTER => {
                let reads = &self.store.state().reads;
                let since = reads.get(user_id).copied();
                since.map_or(RevocationStatus::Live, RevocationStatus::ReadUser)
            }
            _ => RevocationStatus::Ask,
        }
    }

    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            if self.status(&session, user_id) == RevocationStatus::Revoked {
                return Ok(true);
            }
            let (issued, ends) = (session.issued(), session.ends());
            let newest = SessionRef::new(session.id(), u32::MAX, issued, ends);
            let newest = if session.is_bound() {
                newest.bound()
            } else {
                newest
            };
            let state = self.store.reach()?;
            let [is_revoked, are_all] =
                [session, newest].map(|session| state.is_revoked(&session, user_id));
            drop(state);
            if !is_revoked || are_all {
                let when = (!is_revoked).then(Instant::now);
                let copies = copies_of(&session);
                self.looked.lock().unwrap().insert(copies, when);
            }
            Ok(is_revoked)
        })
    }

    fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            let state = self.store.reach()?;
            let mut newer = state.confirmed.iter().filter(|(shown, _)| {
                shown.id() == session.id() && shown.generation() > session.generation()
            });
            Ok(newer.any(|(_, since)| since.elapsed() >= state.outdates_after))
        })
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let id = revoked.session().id();
            self.forget(&revoked);
            let delay = self.store.state().hears_after;
            sleep(delay).await;
            let mut state = self.store.reach()?;
            let before = state.revoked.get(&id);
            if before.is_none_or(|before| before.up_to() < revoked.up_to()) {
                state.revoked.insert(id, revoked);
            }
            drop(state);
            Ok(())
        })
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            // The instance doesn't know the sessions' users, so it asks for each session again.
            let mut looked = self.looked.lock().unwrap();
            looked.retain(|_, when| when.is_none());
            drop(looked);
            let mut state = self.store.reach()?;
            let of_user = state.revoked_users.entry(user_id.to_owned()).or_default();
            let before = of_user.last();
            let until = before.map_or(until, |(before, _)| until.max(before.plus(1)));
            of_user.push((until, spared));
            drop(state);
            Ok(())
        })
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            let before = state.reads.get(user_id);
            let since = before.map_or(since, |before| since.max(before.plus(1)));
            state.reads.insert(user_id.to_owned(), since);
            drop(state);
            Ok(())
        })
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        Box::pin(async move { Ok(self.store.reach()?.reads.get(user_id).copied()) })
    }

    fn began<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            let of_user = state.revoked_users.get(user_id);
            if let Some((until, _)) = of_user.and_then(|entries| entries.last()).copied() {
                state.began.insert(session.id(), until);
            }
            drop(state);
            Ok(())
        })
    }
}

impl Leases for Instance {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        self.store.state().claims += 1;
        Box::pin(async move {
            loop {
                {
                    let mut state = self.store.reach()?;
                    if let Some(answer) = state.answer(&key, newer_than) {
                        return Ok(answer);
                    }
                    let now = Instant::now();
                    let is_held = state.leases.get(&key).is_some_and(|held| held.1 > now);
                    if !is_held {
                        state.fences += 1;
                        let (fence, until) = (state.fences, now + state.lease);
                        state.leases.insert(key, (fence, until));
                        return Ok(Claim::Granted(Box::new(StoreLease {
                            store: self.store.clone(),
                            key,
                            fence,
                            until,
                        })));
                    }
                }
                sleep(Duration::from_millis(5)).await;
            }
        })
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            Ok(match self.store.reach()?.answer(&key, newer_than) {
                Some(Claim::Done(sealed)) => Some(sealed),
                _ => None,
            })
        })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        let session = session();
        let mut state = self.store.state();
        if !state.confirmed.iter().any(|(shown, _)| *shown == session) {
            state.confirmed.push((session, Instant::now()));
        }
    }
}

impl SessionLists for Instance {
    fn put(&self, entry: SealedSession) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            let (now, user) = (Instant::now(), entry.user());
            let lists = &mut state.lists;
            lists.insert((user, entry.session()), (entry, now));
            lists.retain(|_, (entry, since)| now < *since + entry.life());
            let of_user = lists.iter().filter(|((of, _), _)| *of == user);
            let ends = |(key, (entry, since)): (&_, &(SealedSession, Instant))| {
                (*since + entry.life(), *key)
            };
            if of_user.clone().count() > MAX_LISTED
                && let Some((_, soonest)) = of_user.map(ends).min()
            {
                lists.remove(&soonest);
            }
            drop(state);
            Ok(())
        })
    }

    fn remove(&self, user: UserKey, session: SessionId) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.store.reach()?.lists.remove(&(user, session));
            Ok(())
        })
    }

    fn all(&self, user: UserKey) -> StoreFuture<'_, Vec<Vec<u8>>> {
        Box::pin(async move {
            let state = self.store.reach()?;
            let listed = state.lists.iter().filter(|((of, _), _)| *of == user);
            Ok(listed
                .map(|(_, (entry, _))| entry.sealed().to_owned().into_bytes())
                .collect())
        })
    }
}

impl SharedStore for Instance {
    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { self.store.reach().map(drop) })
    }

    fn session_lists(&self) -> Option<&dyn SessionLists> {
        Some(self)
    }
}

struct StoreLease {
    store: Store,
    key: LeaseKey,
    fence: u64,
    until: Instant,
}

impl Lease for StoreLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            let is_latest = state
                .leases
                .get(&self.key)
                .is_none_or(|held| held.0 == self.fence);
            if is_latest {
                let since = Instant::now();
                let left = Left {
                    sealed: outcome.sealed().to_vec(),
                    outcome,
                    since,
                };
                state.left.insert(self.key, left);
            }
            drop(state);
            Ok(())
        })
    }
}

impl Drop for StoreLease {
    fn drop(&mut self) {
        let mut state = self.store.state();
        if state
            .leases
            .get(&self.key)
            .is_some_and(|held| held.0 == self.fence)
        {
            state.leases.remove(&self.key);
        }
    }
}
