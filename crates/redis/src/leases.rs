//! The lease table in Redis: claim, finish, find, confirm.
//!
//! ```text
//!            claim                        finish                confirm, then 90 s; or its time
//!  unknown --------> held (a lease, 30 s) --------> kept (sealed) ----------------------> unknown
//!     ^                |    |                        |                                       ^
//!     |  released, or  |    | others ask again       | a claim for something newer: held     |
//!     \-- its time ----/    \--> get the outcome     \-- again; or spent for its time -------/
//! ```
//!
//! Rules:
//! - Each step is one script, so that two instances can't both take it.
//! - Each attempt to claim runs in a task of its own. If its caller has gone, or if the answer got lost, the task gives
//!   the lease back.
//! - Each claimant draws a fence. A holder whose lease ran out neither releases nor replaces what another one did.
//! - The refreshes of a session are in Redis, so that any instance that meets the new cookie can confirm them. Each
//!   instance does that once for each session and generation, as far as it remembers.
//! - An outcome of this instance is in its own memory as well. While the server can't be reached, the instance tries
//!   again for as long as the lease lasts. After that, another instance may hold it.
//! - Each task that writes holds a clone of `writes`, so that a process can wait for all of them before it ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use fncy_login::store::{
    Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome, Leases as _, MemoryStore, Revocations as _,
    SessionRef, StoreError, StoreFuture,
};
use redis::Script;
use ring::rand::{self, SystemRandom};
use tokio::time::{Instant, sleep, timeout_at};

use crate::keys::Keys;
use crate::reported::Reported;
use crate::script_client::ScriptClient;

/// The driver uses no lease with less than 29 seconds.
const LEASE: Duration = Duration::from_secs(30);
/// How long older cookies are good after a request has shown a session.
const OUTDATED: Duration = Duration::from_secs(60);
/// How long an outcome stays after that request. A request that came just before its cookie was outdated must find it.
const CONFIRMED: Duration = Duration::from_secs(90);
/// The first pause before a claim is tried again while another claimant holds the lease, and the longest.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(160)];
/// Between two attempts to write to the server.
const RETRY: Duration = Duration::from_millis(500);
/// How long the shown generations of a session stay: by default no cookie lives longer without a request that is
/// admitted.
const SHOWN: Duration = Duration::from_secs(24 * 60 * 60);
/// Sessions that are confirmed at the same time. Others are confirmed with their next request.
const MAX_CONFIRMING: usize = 64;
/// Lower than every version.
const ANY: i64 = -1;

macro_rules! script {
    ($name:literal) => {
        LazyLock::new(|| Script::new(include_str!(concat!("scripts/", $name, ".lua"))))
    };
}
static CLAIM: LazyLock<Script> = script!("claim");
static FIND: LazyLock<Script> = script!("find");
static FINISH: LazyLock<Script> = script!("finish");
static RELEASE: LazyLock<Script> = script!("release");
static EXPECT: LazyLock<Script> = script!("expect");
static CONFIRM: LazyLock<Script> = script!("confirm");
static SHORTEN: LazyLock<Script> = script!("shorten");
static IS_OUTDATED: LazyLock<Script> = script!("is_outdated");

/// The lease table of all instances. Clones share it.
#[derive(Clone)]
pub(crate) struct LeaseTable(Arc<Shared>);

struct Shared {
    client: Arc<ScriptClient>,
    keys: Arc<Keys>,
    /// The outcomes of this instance.
    here: MemoryStore,
    /// The generations that this instance has confirmed.
    reported: Reported,
    /// The number of sessions that are being confirmed.
    confirming: AtomicUsize,
    /// Each task that writes to the server has a clone.
    writes: Arc<()>,
}

/// Tells a lease from those before and after it.
type Fence = [u8; 16];

/// The answer of a script.
enum Answer {
    Done(Vec<u8>),
    Spent,
    Held,
    Granted,
    Nothing,
}

impl LeaseTable {
    pub(crate) fn new(client: Arc<ScriptClient>, keys: Arc<Keys>) -> Self {
        Self(Arc::new(Shared {
            client,
            keys,
            here: MemoryStore::new(),
            reported: Reported::new(),
            confirming: AtomicUsize::new(0),
            writes: Arc::default(),
        }))
    }

    pub(crate) fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        Box::pin(async move {
            let mut pause = PAUSES[0];
            loop {
                let table = self.clone();
                let attempt = tokio::spawn(async move { table.attempt(key, newer_than).await });
                if let Some(claim) = attempt.await.unwrap_or(Err(StoreError::new()))? {
                    return Ok(claim);
                }
                sleep(pause).await;
                pause = PAUSES[1].min(2 * pause);
            }
        })
    }

    /// One attempt to claim. `None` while another claimant holds the lease.
    async fn attempt(
        &self,
        key: LeaseKey,
        newer_than: Option<u32>,
    ) -> Result<Option<Claim>, StoreError> {
        // The lease begins when the server grants it, which is not before this.
        let until = Instant::now() + LEASE;
        let fence = rand::generate::<[u8; 16]>(&SystemRandom::new());
        let fence = fence.map_err(|_| StoreError::new())?.expose();
        let lease = (milliseconds(LEASE), fence.as_slice());
        let asked = self.0.ask(&CLAIM, &key, newer_than, Some(lease)).await;
        let claim = match asked {
            Ok(Answer::Done(sealed)) => return Ok(Some(Claim::Done(sealed))),
            Ok(Answer::Spent) => Ok(Some(Claim::Spent)),
            Ok(Answer::Granted) => Ok(Some(Claim::Granted(Box::new(RedisLease {
                shared: Some(Arc::clone(&self.0)),
                key,
                newer_than,
                fence,
                until,
            })))),
            Ok(Answer::Held | Answer::Nothing) => Ok(None),
            Err(error) => {
                Arc::clone(&self.0).give_back(key, fence, until);
                Err(error)
            }
        };
        // The server may not have this instance's outcome yet, or may have lost it.
        match self.0.here.find(key, newer_than).await? {
            Some(sealed) => Ok(Some(Claim::Done(sealed))),
            None => claim,
        }
    }

    pub(crate) fn find(
        &self,
        key: LeaseKey,
        newer_than: Option<u32>,
    ) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            let found = match self.0.ask(&FIND, &key, newer_than, None).await {
                Ok(Answer::Done(sealed)) => return Ok(Some(sealed)),
                Ok(_) => Ok(None),
                Err(error) => Err(error),
            };
            match self.0.here.find(key, newer_than).await? {
                Some(sealed) => Ok(Some(sealed)),
                None => found,
            }
        })
    }

    pub(crate) fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            if self.0.here.is_outdated(session).await? {
                return Ok(true);
            }
            let keys = self.0.keys.session(session.id());
            let generation = session.generation();
            self.0.client.run(&IS_OUTDATED, &keys, generation).await
        })
    }

    /// Whether no task has something to write.
    pub(crate) fn is_written(&self) -> bool {
        Arc::strong_count(&self.0.writes) == 1
    }

    pub(crate) fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.0.here.confirm(session);
        let session = session();
        // A session that was never refreshed has no outcomes.
        if session.generation() == 0 || !self.0.reported.is_first(&session) {
            return;
        }
        if self.0.confirming.fetch_add(1, Ordering::Relaxed) < MAX_CONFIRMING {
            let (shared, writing) = (Arc::clone(&self.0), Arc::clone(&self.0.writes));
            tokio::spawn(async move {
                if shared.confirm(&session).await.is_err() {
                    shared.reported.forget(&session);
                }
                shared.confirming.fetch_sub(1, Ordering::Relaxed);
                drop(writing);
            });
        } else {
            self.0.confirming.fetch_sub(1, Ordering::Relaxed);
            self.0.reported.forget(&session);
        }
    }
}

impl Shared {
    /// Runs a script that answers for a key. `lease` is for the script that may grant one: its time and its fence.
    async fn ask(
        &self,
        script: &Script,
        key: &LeaseKey,
        newer_than: Option<u32>,
        lease: Option<(u64, &[u8])>,
    ) -> Result<Answer, StoreError> {
        let newer_than = newer_than.map_or(ANY, i64::from);
        let keys = self.keys.lease(key);
        let answer: Vec<Vec<u8>> = self.client.run(script, &keys, (newer_than, lease)).await?;
        let mut parts = answer.into_iter();
        let word = parts.next();
        match word.as_deref() {
            Some(b"granted") => Ok(Answer::Granted),
            Some(b"held") => Ok(Answer::Held),
            Some(b"spent") => Ok(Answer::Spent),
            Some(b"nothing") => Ok(Answer::Nothing),
            Some(b"done") => Ok(Answer::Done(parts.next().ok_or(StoreError::new())?)),
            _ => Err(StoreError::new()),
        }
    }

    /// Shortens the life of the outcomes that led to a session, and dates the older generations.
    async fn confirm(&self, session: &SessionRef) -> Result<(), StoreError> {
        let generation = session.generation();
        let confirmed = milliseconds(CONFIRMED);
        let arguments = (generation, milliseconds(OUTDATED), milliseconds(SHOWN));
        let keys = self.keys.session(session.id());
        let hashes: Vec<Vec<u8>> = self.client.run(&CONFIRM, &keys, arguments).await?;
        for hash in hashes.into_iter().filter_map(|hash| hash.try_into().ok()) {
            let [_, outcome, _] = self.keys.lease(&LeaseKey::new(LeaseKind::Refresh, hash));
            let arguments = (generation, confirmed);
            // If this fails, the outcome stays for the time that its holder set.
            let _: Result<(), StoreError> = self.client.run(&SHORTEN, &[outcome], arguments).await;
        }
        Ok(())
    }

    /// Gives a lease back as soon as the server can be reached. Without a runtime the lease runs out.
    fn give_back(self: Arc<Self>, key: LeaseKey, fence: Fence, until: Instant) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let writing = Arc::clone(&self.writes);
        runtime.spawn(timeout_at(until, async move {
            let [lease, ..] = self.keys.lease(&key);
            let keys = [lease];
            let release = || self.client.run::<()>(&RELEASE, &keys, fence.as_slice());
            while release().await.is_err() {
                sleep(RETRY).await;
            }
            drop(writing);
        }));
    }

    async fn finish(
        &self,
        key: &LeaseKey,
        fence: &Fence,
        outcome: &LeaseOutcome,
    ) -> Result<(), StoreError> {
        let (version, keep) = (outcome.version(), milliseconds(outcome.keep()));
        if let Some(session) = outcome.session() {
            // Before the outcome is there: an instance that finds it may show its session at once.
            let arguments = (version, key.hash().as_slice(), keep);
            let keys = self.keys.session(session);
            let _: () = self.client.run(&EXPECT, &keys, arguments).await?;
        }
        let left = (fence.as_slice(), version, outcome.sealed());
        let times = (keep, milliseconds(outcome.spent()));
        let keys = self.keys.lease(key);
        let _: bool = self.client.run(&FINISH, &keys, (left, times)).await?;
        Ok(())
    }
}

struct RedisLease {
    /// `None` once it is finished.
    shared: Option<Arc<Shared>>,
    key: LeaseKey,
    newer_than: Option<u32>,
    fence: Fence,
    until: Instant,
}

impl Lease for RedisLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(mut self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()> {
        let shared = self.shared.take();
        let finishing = tokio::spawn(async move {
            let Some(shared) = shared else {
                return Err(StoreError::new());
            };
            let (key, fence, until) = (self.key, self.fence, self.until);
            let writing = Arc::clone(&shared.writes);
            if let Claim::Granted(lease) = shared.here.claim(key, self.newer_than).await? {
                lease.finish(outcome.clone()).await?;
            }
            let first = shared.finish(&key, &fence, &outcome).await;
            if first.is_err() {
                tokio::spawn(timeout_at(until, async move {
                    while shared.finish(&key, &fence, &outcome).await.is_err() {
                        sleep(RETRY).await;
                    }
                    drop(writing);
                }));
            }
            first
        });
        Box::pin(async move { finishing.await.unwrap_or(Err(StoreError::new())) })
    }
}

impl Drop for RedisLease {
    fn drop(&mut self) {
        if let Some(shared) = self.shared.take() {
            shared.give_back(self.key, self.fence, self.until);
        }
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
