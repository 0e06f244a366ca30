//! Reading the revocation log, which all instances share, and writing to it.
//!
//! ```text
//!  age unknown --> read from the beginning --> read what is new: each second, and before each refresh
//!                       ^                          |
//!                       \-- the log has another age: write into it what it lacks of this instance's list
//! ```
//!
//! Rules:
//! - Of many callers that ask at once, one reads. The others take its answer if the reading began after their call.
//! - What could not be written is written with the next reading.
//! - An entry goes over the wire with the seconds until it expires, so that a wrong clock loses nothing.
//! - The task that reads each second ends with the last store that it reads for.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{OncePerMinute, RevokedSession, SessionId, SessionRef, StoreError};
use redis::Script;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::keys::Keys;
use crate::log_entry::{LogEntry, UserHash, hash_of, owner_of};
use crate::revocation_list::{MAX_LOG, Revocation, RevocationList};
use crate::script_client::ScriptClient;

/// Between two readings.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a new entry waits for the entries before it.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// Entries in one answer: half a megabyte.
const MAX_READ: usize = 5_000;
/// How long the key of a ping stays, in seconds.
const PING_LIFE: u64 = 60;
/// The longest life of a session, in seconds.
const LONGEST: u64 = 30 * 24 * 60 * 60;

static APPEND: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("scripts/clock.lua"),
        include_str!("scripts/append.lua")
    ))
});
static READ: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("scripts/clock.lua"),
        include_str!("scripts/read.lua")
    ))
});
static PING: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/ping.lua")));

pub(crate) struct RevocationLog {
    client: Arc<ScriptClient>,
    keys: Arc<Keys>,
    /// What this instance has read and written.
    pub(crate) list: RevocationList,
    place: tokio::sync::Mutex<Place>,
    /// What this instance has still to write.
    unwritten: Mutex<HashSet<Revocation>>,
    reading: Mutex<Option<JoinHandle<()>>>,
    warning: OncePerMinute,
}

/// How far the log was read.
#[derive(Clone, Default)]
struct Place {
    age: String,
    number: String,
    /// When the last complete reading began.
    asked: Option<Instant>,
}

impl RevocationLog {
    pub(crate) fn new(client: Arc<ScriptClient>, keys: Arc<Keys>) -> Self {
        Self {
            client,
            keys,
            list: RevocationList::new(),
            place: tokio::sync::Mutex::default(),
            unwritten: Mutex::default(),
            reading: Mutex::default(),
            warning: OncePerMinute::default(),
        }
    }

    /// Starts the task that reads each second, unless it runs.
    pub(crate) fn start(self: &Arc<Self>) {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let log = Arc::downgrade(self);
        *reading = Some(tokio::spawn(async move {
            while let Some(log) = log.upgrade() {
                // A failure makes the list stale, and the next reading is a second away.
                let _: Result<(), StoreError> = log.catch_up().await;
                drop(log);
                sleep(PAUSE).await;
            }
        }));
    }

    /// Whether the log has all that this instance was told.
    pub(crate) fn is_written(&self) -> bool {
        self.unwritten().is_empty()
    }

    /// Asks whether the server takes writes, and whether this instance knows the log.
    pub(crate) async fn ping(self: &Arc<Self>) -> Result<(), StoreError> {
        self.start();
        let key = self.keys.ping();
        let _: String = self.client.run(&PING, &key, PING_LIFE).await?;
        if !self.list.is_current() {
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Reads what is new, to the end of the log.
    pub(crate) async fn catch_up(&self) -> Result<(), StoreError> {
        let wanted = Instant::now();
        let mut place = self.place.lock().await;
        if place.asked.is_some_and(|asked| asked >= wanted) {
            return Ok(());
        }
        let mut next = place.clone();
        let mut read = HashSet::new();
        loop {
            let asked = Instant::now();
            let answer = self.read(&next).await?;
            let [age, number, entries @ ..] = answer.as_slice() else {
                return Err(StoreError::new());
            };
            if *age != next.age {
                // What was read so far is from another log.
                read.clear();
            }
            let (pairs, _) = entries.as_chunks::<2>();
            for [entry, life] in pairs {
                if let Some((entry, life)) = LogEntry::decode(entry).zip(life.parse().ok()) {
                    let expires = asked + Duration::from_secs(life);
                    self.list.add(Revocation { entry, expires });
                    read.insert(entry);
                }
            }
            next = Place {
                age: age.clone(),
                number: number.clone(),
                asked: Some(asked),
            };
            if pairs.len() < MAX_READ {
                self.list.was_read(asked);
                break;
            }
        }
        if next.age != place.age {
            let mut lacking = self.list.all();
            lacking.retain(|revocation| !read.contains(&revocation.entry));
            self.unwritten().extend(lacking);
        }
        *place = next;
        let mut rest: Vec<Revocation> = self.unwritten().iter().copied().collect();
        // The entry of a user drops those of sessions that it reaches, unless it is known that they are exempt.
        rest.sort_by_key(|revocation| revocation.entry.place());
        // The reading counts, even if the server takes no more entries.
        let _: Result<(), StoreError> = self.append(&rest, &[]).await;
        Ok(())
    }

    async fn read(&self, place: &Place) -> Result<Vec<String>, StoreError> {
        let known = (&place.age, &place.number, MAX_READ, LONGEST);
        let keys = self.keys.revocations();
        self.client.run(&READ, &keys, known).await
    }

    pub(crate) async fn revoke(
        self: &Arc<Self>,
        revoked: &RevokedSession,
    ) -> Result<(), StoreError> {
        let (session, hash) = (revoked.session(), hash_of(revoked.user_id()));
        let entry = LogEntry::Session {
            id: session.id(),
            owner: owner_of(&hash),
            issued: session.issued().as_unix(),
            up_to: revoked.up_to(),
        };
        self.write(entry, life(session), hash).await
    }

    pub(crate) async fn revoke_user(
        self: &Arc<Self>,
        user_id: &str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> Result<(), StoreError> {
        let hash = hash_of(user_id);
        // Without an answer, the entry follows those that are known. The server may be down.
        let _: Result<_, _> = timeout(MAX_WAIT, self.catch_up()).await;
        let entry = self.list.next(hash, until.as_unix(), spared);
        self.write(entry, LONGEST, hash).await
    }

    pub(crate) async fn read_user(
        self: &Arc<Self>,
        user_id: &str,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let hash = hash_of(user_id);
        let since = self.list.later_read(hash, since.as_unix());
        self.write(LogEntry::Read { hash, since }, LONGEST, hash)
            .await
    }

    pub(crate) async fn began(
        self: &Arc<Self>,
        session: &SessionRef,
        user_id: &str,
    ) -> Result<(), StoreError> {
        let Some(until) = self.list.revoked_with_user(session, user_id) else {
            return Ok(());
        };
        let id = session.id();
        let entry = LogEntry::Began { id, until };
        self.write(entry, life(session), hash_of(user_id)).await
    }

    /// Adds an entry to this instance's list at once, and then to the log. A user with too many revoked sessions gets
    /// one entry for all of them.
    async fn write(
        self: &Arc<Self>,
        entry: LogEntry,
        life: u64,
        user: UserHash,
    ) -> Result<(), StoreError> {
        self.start();
        let after = |seconds| Instant::now() + Duration::from_secs(seconds);
        let expires = after(life);
        let mut revocation = Revocation { entry, expires };
        let mut needless = self.list.add(revocation);
        if let Some(entry) = self.list.crowd(user) {
            let expires = after(LONGEST);
            revocation = Revocation { entry, expires };
            needless.extend(self.list.add(revocation));
        }
        self.unwritten().insert(revocation);
        self.append(&[revocation], &needless).await
    }

    /// Writes entries, and removes the needless ones. If it fails or is dropped, the entries stay unwritten.
    async fn append(
        &self,
        revocations: &[Revocation],
        needless: &[LogEntry],
    ) -> Result<(), StoreError> {
        let needless: Vec<_> = needless.iter().map(|entry| entry.encode()).collect();
        for chunk in revocations.chunks(MAX_READ) {
            let now = Instant::now();
            let pairs = chunk.iter().map(|revocation| {
                let life = revocation.expires.saturating_duration_since(now);
                (revocation.entry.encode(), life.as_secs() + 1)
            });
            let pairs: Vec<_> = pairs.collect();
            let arguments = (MAX_LOG, needless.len(), &needless, pairs);
            let keys = self.keys.revocations();
            let evicted: usize = self.client.run(&APPEND, &keys, arguments).await?;
            if evicted > 0 {
                self.warn();
            }
            let mut unwritten = self.unwritten();
            for revocation in chunk {
                unwritten.remove(revocation);
            }
        }
        Ok(())
    }

    fn warn(&self) {
        if self.warning.is_due(()) {
            tracing::warn!(
                max = MAX_LOG,
                "the revocation log in Redis is full; the oldest sign-outs are dropped, and new instances let \
                 copies of their cookies in again"
            );
        }
    }

    fn unwritten(&self) -> MutexGuard<'_, HashSet<Revocation>> {
        let unwritten = self.unwritten.lock();
        unwritten.unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many seconds a cookie of a session can live from now on at most, even if a clock is wrong.
fn life(session: &SessionRef) -> u64 {
    session.ends().seconds_since(session.issued())
}
