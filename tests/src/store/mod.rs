//! A store that another process could be: it keeps bytes, its leases run out by themselves, and
//! it can be out of reach.
//!
//! Each instance of an application has an [`Instance`], its own way to the [`Store`] that all of them
//! share, with a short memory of what it has asked.

pub mod contract;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Asked, Claim, Finished, Known, Lease, RevokedSession, SessionRef, SharedStore, StoreError,
    Work, WorkKind,
};
use tokio::time::{Instant, sleep};

type Name = (WorkKind, [u8; 32]);
type SessionId = [u8; 16];

/// What the instances share. Clones are the same.
#[derive(Clone)]
pub struct Store(Arc<Mutex<State>>);

struct State {
    is_down: bool,
    /// How long it takes to hear that a session has ended.
    hears_after: Duration,
    lease: Duration,
    claims: u64,
    confirmed: Vec<(SessionRef, Instant)>,
    /// How long older generations are believed after that.
    outdates_after: Duration,
    fences: u64,
    leases: HashMap<Name, (u64, Instant)>,
    left: HashMap<Name, Left>,
    ended: HashMap<SessionId, RevokedSession>,
    /// Their sessions that were issued up to then are over.
    ended_users: HashMap<String, Timestamp>,
    /// Sessions that began after that, and up to which end they live.
    begun: HashMap<SessionId, Timestamp>,
}

struct Left {
    outcome: Finished,
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
            ended: HashMap::new(),
            ended_users: HashMap::new(),
            begun: HashMap::new(),
        })))
    }
}

impl Store {
    /// A way to this store for one instance.
    pub fn instance(&self) -> Instance {
        Instance {
            store: self.clone(),
            looked: Arc::default(),
        }
    }

    /// From now on nobody reaches it, or everybody does again.
    pub fn set_down(&self, is_down: bool) {
        self.state().is_down = is_down;
    }

    /// From now on it is slow to hear that a session has ended.
    pub fn hears_after(&self, delay: Duration) {
        self.state().hears_after = delay;
    }

    /// From now on leases last this long.
    pub fn grants(&self, lease: Duration) {
        self.state().lease = lease;
    }

    /// From now on older generations are outdated this long after a newer one was shown.
    pub fn outdates_after(&self, delay: Duration) {
        self.state().outdates_after = delay;
    }

    /// How often anybody has claimed anything.
    pub fn claims(&self) -> u64 {
        self.state().claims
    }

    /// The newest generation that a request has confirmed.
    pub fn confirmed(&self) -> Option<u32> {
        let state = self.state();
        state
            .confirmed
            .iter()
            .map(|(session, _)| session.generation)
            .max()
    }

    /// How many redemptions it knows of: those under way, and what was left.
    pub fn redemptions(&self) -> usize {
        let state = self.state();
        let names: HashSet<_> = state.leases.keys().chain(state.left.keys()).collect();
        names
            .into_iter()
            .filter(|(kind, _)| *kind == WorkKind::Redemption)
            .count()
    }

    /// Lets somebody change all that was left of refreshes.
    pub fn tamper(&self, change: impl FnOnce(&mut [&mut Vec<u8>])) {
        let mut state = self.state();
        let left = state.left.iter_mut();
        let refreshes = left.filter(|((kind, _), _)| *kind == WorkKind::Refresh);
        let mut texts: Vec<_> = refreshes
            .map(|(_, left)| &mut left.outcome.sealed)
            .collect();
        change(&mut texts);
    }

    /// Everything that it keeps, as text, for who looks for secrets.
    pub fn contents(&self) -> String {
        let state = self.state();
        let texts = state.left.values().map(|left| &left.outcome.sealed);
        texts
            .map(|sealed| String::from_utf8_lossy(sealed).into_owned())
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// As anybody meets it.
    fn reach(&self) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        if state.is_down {
            Err(StoreError)
        } else {
            Ok(state)
        }
    }
}

impl State {
    fn has_ended(&self, session: &SessionRef, user_id: &str) -> bool {
        let ended = self.ended.get(&session.id);
        let begun = self.begun.get(&session.id);
        ended.is_some_and(|ending| ending.reaches(session.generation))
            || self
                .ended_users
                .get(user_id)
                .is_some_and(|at| session.issued <= *at && begun.is_none_or(|begun| begun < at))
    }

    /// What is left for a claim, if anything is.
    fn answer(&self, work: &Work) -> Option<Claim> {
        let Left { outcome, since } = self.left.get(&(work.kind, work.key))?;
        let age = since.elapsed();
        let is_newer = work
            .newer_than
            .is_none_or(|version| outcome.version > version);
        if age < outcome.keep && is_newer {
            Some(Claim::Done(outcome.sealed.clone()))
        } else if age < outcome.keep + outcome.spent && !outcome.spent.is_zero() {
            Some(Claim::Spent)
        } else {
            None
        }
    }
}

/// One instance's way to the store.
#[derive(Clone)]
pub struct Instance {
    store: Store,
    /// When it last heard that a session lives; never, for one that it has ended itself.
    looked: Arc<Mutex<HashMap<SessionId, Option<Instant>>>>,
}

/// For how long a word on a session is good enough. The contract's five seconds would make every
/// test wait for them.
const STALE_AFTER: Duration = Duration::from_millis(300);

impl SharedStore for Instance {
    fn known(&self, session: &SessionRef, _: &str) -> Known {
        let looked = self.looked.lock().unwrap();
        match looked.get(&session.id) {
            Some(None) => Known::Ended,
            Some(Some(when)) if when.elapsed() < STALE_AFTER => Known::Live,
            _ => Known::Ask,
        }
    }

    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool> {
        Box::pin(async move {
            if self.known(&session, user_id) == Known::Ended {
                return Ok(true);
            }
            let whole = SessionRef {
                generation: u32::MAX,
                ..session
            };
            let state = self.store.reach()?;
            let [has_ended, is_whole] =
                [session, whole].map(|session| state.has_ended(&session, user_id));
            drop(state);
            if !has_ended || is_whole {
                let when = (!has_ended).then(Instant::now);
                self.looked.lock().unwrap().insert(session.id, when);
            }
            Ok(has_ended)
        })
    }

    fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        Box::pin(async move {
            let state = self.store.reach()?;
            let mut newer = state.confirmed.iter().filter(|(shown, _)| {
                shown.id == session.id && shown.generation > session.generation
            });
            Ok(newer.any(|(_, since)| since.elapsed() >= state.outdates_after))
        })
    }

    fn end(&self, ending: RevokedSession) -> Asked<'_, ()> {
        Box::pin(async move {
            let id = ending.session.id;
            if ending.spares_newer {
                self.looked.lock().unwrap().remove(&id);
            } else {
                self.looked.lock().unwrap().insert(id, None);
            }
            let delay = self.store.state().hears_after;
            sleep(delay).await;
            let mut state = self.store.reach()?;
            let before = state.ended.get(&id);
            if before.is_none_or(|before| before.spares_newer) {
                state.ended.insert(id, ending);
            }
            drop(state);
            Ok(())
        })
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        Box::pin(async move {
            // Whose they are is asked anew.
            let mut looked = self.looked.lock().unwrap();
            looked.retain(|_, when| when.is_none());
            drop(looked);
            let mut state = self.store.reach()?;
            let before = state.ended_users.get(user_id);
            let at = before.map_or(at, |before| at.max(before.plus(1)));
            state.ended_users.insert(user_id.to_owned(), at);
            drop(state);
            Ok(())
        })
    }

    fn begin<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            if let Some(at) = state.ended_users.get(user_id).copied() {
                state.begun.insert(session.id, at);
            }
            drop(state);
            Ok(())
        })
    }

    fn claim(&self, work: Work) -> Asked<'_, Claim> {
        let name = (work.kind, work.key);
        self.store.state().claims += 1;
        Box::pin(async move {
            loop {
                {
                    let mut state = self.store.reach()?;
                    if let Some(answer) = state.answer(&work) {
                        return Ok(answer);
                    }
                    let now = Instant::now();
                    let is_held = state.leases.get(&name).is_some_and(|held| held.1 > now);
                    if !is_held {
                        state.fences += 1;
                        let (fence, until) = (state.fences, now + state.lease);
                        state.leases.insert(name, (fence, until));
                        return Ok(Claim::Granted(Box::new(StoreLease {
                            store: self.store.clone(),
                            name,
                            fence,
                            until,
                        })));
                    }
                }
                sleep(Duration::from_millis(5)).await;
            }
        })
    }

    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            Ok(match self.store.reach()?.answer(&work) {
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

struct StoreLease {
    store: Store,
    name: Name,
    fence: u64,
    until: Instant,
}

impl Lease for StoreLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(self: Box<Self>, outcome: Finished) -> Asked<'static, ()> {
        Box::pin(async move {
            let mut state = self.store.reach()?;
            let is_latest = state
                .leases
                .get(&self.name)
                .is_none_or(|held| held.0 == self.fence);
            if is_latest {
                let since = Instant::now();
                state.left.insert(self.name, Left { outcome, since });
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
            .get(&self.name)
            .is_some_and(|held| held.0 == self.fence)
        {
            state.leases.remove(&self.name);
        }
    }
}
