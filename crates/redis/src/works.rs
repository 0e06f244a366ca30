//! Work that is done once: claimed, done, left, confirmed.
//!
//! ```text
//!            claim                        finish                confirm, then 60 s; or its time
//!  unknown --------> held (a lease, 30 s) --------> left (sealed) -----------------------> unknown
//!     ^                |    |                        |                                       ^
//!     |  released, or  |    | others look            | a claim for something newer: held     |
//!     \-- its time ----/    \--> get what is left    \-- again; or spent for its time -------/
//! ```
//!
//! Rules:
//! - Each step is one script: two instances can't both take it.
//! - Each attempt runs in a task of its own: a lease that is granted to somebody who has left is given
//!   back, and so is one that may have been granted by an answer that was lost.
//! - A lease has a fence, which its claimant has drawn. One that comes too late neither releases nor replaces what another has done.
//! - What led to a session is named in the store, so that whichever instance meets the new cookie first can say
//!   that it was shown. Each instance says so once for each session and generation, as far as it remembers.
//! - What an instance finished it knows from then on. It tells the store until it is told, for as long as
//!   the lease lasts: afterwards somebody else has done it again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fncy_login::store::{
    Asked, Claim, Finished, Lease, MemoryStore, SessionRef, SharedStore as _, StoreError, Work,
    WorkKind,
};
use redis::Script;
use ring::rand::{self, SystemRandom};
use tokio::time::{Instant, sleep, timeout_at};

use crate::names::Names;
use crate::shown::Shown;
use crate::store::Store;

/// The driver begins nothing with less than 19 seconds: all that a request may cause, and what is asked
/// around it.
const LEASE: Duration = Duration::from_secs(30);
/// How long an outcome stays after a request has shown that its browser got it.
const CONFIRMED: Duration = Duration::from_secs(60);
/// The first pause before a claim that others hold is asked for again, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(160)];
/// Between two attempts to tell the store.
const RETRY: Duration = Duration::from_millis(500);
/// How long it is remembered which generations are outdated: by default no cookie lives longer without a
/// request that is let in.
const OUTDATED: Duration = Duration::from_secs(24 * 60 * 60);
/// Sessions that the store is told of at once. One that is too many is told with its next request.
const MAX_TELLING: usize = 64;
/// No version is lower.
const ANY: i64 = -1;

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/claim.lua")));
static FIND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/find.lua")));
static FINISH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/finish.lua")));
static RELEASE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/release.lua")));
static CONFIRM: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/confirm.lua")));
static EXPECT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/expect.lua")));
static SHOW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/show.lua")));
static IS_OUTDATED: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/outdated.lua")));

/// The works of all instances. Clones are the same.
#[derive(Clone)]
pub(crate) struct Works(Arc<Shared>);

struct Shared {
    store: Arc<Store>,
    names: Arc<Names>,
    /// What was finished here.
    here: MemoryStore,
    shown: Shown,
    /// How many sessions the store is being told of.
    telling: AtomicUsize,
}

/// What tells a lease from those before and after it.
type Fence = [u8; 16];

/// What a script says of a piece of work.
enum Answer {
    Done(Vec<u8>),
    Spent,
    Held,
    Granted,
    Nothing,
}

impl Works {
    pub(crate) fn new(store: Arc<Store>, names: Arc<Names>) -> Self {
        Self(Arc::new(Shared {
            store,
            names,
            here: MemoryStore::new(),
            shown: Shown::new(),
            telling: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn claim(&self, work: Work) -> Asked<'_, Claim> {
        Box::pin(async move {
            let mut pause = PAUSES[0];
            loop {
                let works = self.clone();
                let attempt = tokio::spawn(async move { works.attempt(work).await });
                if let Some(claim) = attempt.await.unwrap_or(Err(StoreError))? {
                    return Ok(claim);
                }
                sleep(pause).await;
                pause = PAUSES[1].min(2 * pause);
            }
        })
    }

    /// What a claim comes to now; nothing while somebody else is at it.
    async fn attempt(&self, work: Work) -> Result<Option<Claim>, StoreError> {
        // The lease begins when the store grants it, which is not before this.
        let until = Instant::now() + LEASE;
        let fence = rand::generate::<[u8; 16]>(&SystemRandom::new());
        let fence = fence.map_err(|_| StoreError)?.expose();
        let lease = (milliseconds(LEASE), fence.as_slice());
        let claim = match self.0.ask(&CLAIM, &work, Some(lease)).await {
            Ok(Answer::Done(left)) => return Ok(Some(Claim::Done(left))),
            Ok(Answer::Spent) => Ok(Some(Claim::Spent)),
            Ok(Answer::Granted) => Ok(Some(Claim::Granted(Box::new(RedisLease {
                shared: Some(Arc::clone(&self.0)),
                work,
                fence,
                until,
            })))),
            Ok(Answer::Held | Answer::Nothing) => Ok(None),
            Err(StoreError) => {
                Arc::clone(&self.0).give_back(work, fence, until);
                Err(StoreError)
            }
        };
        // What the store was not told yet, or has forgotten.
        match self.0.here.find(work).await? {
            Some(left) => Ok(Some(Claim::Done(left))),
            None => claim,
        }
    }

    pub(crate) fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let found = match self.0.ask(&FIND, &work, None).await {
                Ok(Answer::Done(left)) => return Ok(Some(left)),
                Ok(_) => Ok(None),
                Err(StoreError) => Err(StoreError),
            };
            self.0
                .here
                .find(work)
                .await?
                .map_or(found, |left| Ok(Some(left)))
        })
    }

    pub(crate) fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        Box::pin(async move {
            if self.0.here.is_outdated(session).await? {
                return Ok(true);
            }
            let names = self.0.names.session(&session.id);
            let asked = session.generation;
            self.0.store.run(&IS_OUTDATED, &names, asked).await
        })
    }

    pub(crate) fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.0.here.confirm(session);
        let session = session();
        // Nothing led to a session that was never refreshed.
        if session.generation == 0 || !self.0.shown.is_first(&session) {
            return;
        }
        if self.0.telling.fetch_add(1, Ordering::Relaxed) < MAX_TELLING {
            let shared = Arc::clone(&self.0);
            tokio::spawn(async move {
                if shared.tell_shown(&session).await.is_err() {
                    shared.shown.forget(&session);
                }
                shared.telling.fetch_sub(1, Ordering::Relaxed);
            });
        } else {
            self.0.telling.fetch_sub(1, Ordering::Relaxed);
            self.0.shown.forget(&session);
        }
    }
}

impl Shared {
    /// Asks what a piece of work has come to; the lease and its fence are for the script that may grant
    /// one.
    async fn ask(
        &self,
        script: &Script,
        work: &Work,
        lease: Option<(u64, &[u8])>,
    ) -> Result<Answer, StoreError> {
        let names = self.names.work(work);
        let newer_than = work.newer_than.map_or(ANY, i64::from);
        let asked = (newer_than, lease);
        let answer: Vec<Vec<u8>> = self.store.run(script, &names, asked).await?;
        let mut parts = answer.into_iter();
        let what = parts.next();
        match what.as_deref() {
            Some(b"granted") => Ok(Answer::Granted),
            Some(b"held") => Ok(Answer::Held),
            Some(b"spent") => Ok(Answer::Spent),
            Some(b"nothing") => Ok(Answer::Nothing),
            Some(b"done") => {
                let left = parts.next().ok_or(StoreError)?;
                Ok(Answer::Done(left))
            }
            _ => Err(StoreError),
        }
    }

    /// A request has shown a session: what led to it is needed for a moment more.
    async fn tell_shown(&self, session: &SessionRef) -> Result<(), StoreError> {
        let names = self.names.session(&session.id);
        let moment = milliseconds(CONFIRMED);
        let shown = (session.generation, moment, milliseconds(OUTDATED));
        let keys: Vec<Vec<u8>> = self.store.run(&SHOW, &names, shown).await?;
        for key in keys.into_iter().filter_map(|key| key.try_into().ok()) {
            let [_, left, _] = self.names.work(&Work {
                kind: WorkKind::Refresh,
                key,
                newer_than: None,
            });
            // One that is lost keeps the outcome for the time that it was left for.
            let until = (session.generation, moment);
            let _: Result<(), StoreError> = self.store.run(&CONFIRM, &[left], until).await;
        }
        Ok(())
    }

    /// Before the outcome is there: who finds that may show its session at once.
    async fn expect(&self, work: &Work, outcome: &Finished) -> Result<(), StoreError> {
        let Some(session) = &outcome.session else {
            return Ok(());
        };
        let keep = milliseconds(outcome.keep);
        let expected = (outcome.version, work.key.as_slice(), keep);
        let names = self.names.session(session);
        self.store.run(&EXPECT, &names, expected).await
    }

    /// Gives a lease back as soon as the store can be told. Without a runtime it runs out by itself.
    fn give_back(self: Arc<Self>, work: Work, fence: Fence, until: Instant) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(timeout_at(until, async move {
            let [lease, ..] = self.names.work(&work);
            let names = [lease];
            let release = || self.store.run::<()>(&RELEASE, &names, fence.as_slice());
            while release().await.is_err() {
                sleep(RETRY).await;
            }
        }));
    }

    async fn tell(&self, work: &Work, fence: &Fence, outcome: &Finished) -> Result<(), StoreError> {
        self.expect(work, outcome).await?;
        let left = (fence.as_slice(), outcome.version, outcome.sealed.as_slice());
        let times = (milliseconds(outcome.keep), milliseconds(outcome.spent));
        let names = self.names.work(work);
        let _: bool = self.store.run(&FINISH, &names, (left, times)).await?;
        Ok(())
    }
}

struct RedisLease {
    /// None once it has been finished.
    shared: Option<Arc<Shared>>,
    work: Work,
    fence: Fence,
    until: Instant,
}

impl Lease for RedisLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(mut self: Box<Self>, outcome: Finished) -> Asked<'static, ()> {
        let shared = self.shared.take();
        let telling = tokio::spawn(async move {
            let Some(shared) = shared else {
                return Err(StoreError);
            };
            let (work, fence, until) = (self.work, self.fence, self.until);
            if let Claim::Granted(lease) = shared.here.claim(work).await? {
                lease.finish(outcome.clone()).await?;
            }
            let first = shared.tell(&work, &fence, &outcome).await;
            if first.is_err() {
                let shared = Arc::clone(&shared);
                tokio::spawn(timeout_at(until, async move {
                    while shared.tell(&work, &fence, &outcome).await.is_err() {
                        sleep(RETRY).await;
                    }
                }));
            }
            first
        });
        Box::pin(async move { telling.await.unwrap_or(Err(StoreError)) })
    }
}

impl Drop for RedisLease {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.take() {
            shared.give_back(self.work, self.fence, self.until);
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
