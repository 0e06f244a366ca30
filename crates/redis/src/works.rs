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
//! - What an instance finished it knows from then on. It tells the store until it is told, for as long as
//!   the lease lasts: afterwards somebody else has done it again.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login::coordinator::{
    Asked, Claim, Coordinator as _, Finished, InProcess, Lease, SessionRef, Unreachable, Work,
};
use redis::Script;
use ring::rand::{self, SystemRandom};
use tokio::time::{Instant, sleep, timeout_at};

use crate::names::Names;
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
/// Sessions whose outcomes may be confirmed here: a hundred bytes each.
const MAX_UNCONFIRMED: usize = 100_000;
/// No version is lower.
const ANY: i64 = -1;

static CLAIM: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/claim.lua")));
static FIND: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/find.lua")));
static FINISH: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/finish.lua")));
static RELEASE: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/release.lua")));
static CONFIRM: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("scripts/confirm.lua")));

/// The works of all instances. Clones are the same.
#[derive(Clone)]
pub(crate) struct Works(Arc<Shared>);

struct Shared {
    store: Arc<Store>,
    names: Arc<Names>,
    /// What was finished here.
    here: InProcess,
    unconfirmed: Mutex<Unconfirmed>,
    /// How many there are, so that nobody locks for nothing.
    unconfirmed_count: AtomicUsize,
}

/// Outcomes that this instance has met, and whose sessions no request has shown.
#[derive(Default)]
struct Unconfirmed {
    left: HashMap<[u8; 16], Vec<(String, u32)>>,
    oldest: VecDeque<[u8; 16]>,
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
            here: InProcess::new(),
            unconfirmed: Mutex::default(),
            unconfirmed_count: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn claim(&self, work: Work) -> Asked<'_, Claim> {
        Box::pin(async move {
            let mut pause = PAUSES[0];
            loop {
                let works = self.clone();
                let attempt = tokio::spawn(async move { works.attempt(work).await });
                if let Some(claim) = attempt.await.unwrap_or(Err(Unreachable))? {
                    return Ok(claim);
                }
                sleep(pause).await;
                pause = PAUSES[1].min(2 * pause);
            }
        })
    }

    /// What a claim comes to now; nothing while somebody else is at it.
    async fn attempt(&self, work: Work) -> Result<Option<Claim>, Unreachable> {
        // The lease begins when the store grants it, which is not before this.
        let until = Instant::now() + LEASE;
        let fence = rand::generate::<[u8; 16]>(&SystemRandom::new());
        let fence = fence.map_err(|_| Unreachable)?.expose();
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
            Err(Unreachable) => {
                Arc::clone(&self.0).give_back(work, fence, until);
                Err(Unreachable)
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
                Err(Unreachable) => Err(Unreachable),
            };
            self.0
                .here
                .find(work)
                .await?
                .map_or(found, |left| Ok(Some(left)))
        })
    }

    pub(crate) fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.0.here.confirm(session);
        if self.0.unconfirmed_count.load(Ordering::Acquire) == 0 {
            return;
        }
        let session = session();
        let confirmed = self.0.take_confirmed(&session);
        let shared = Arc::clone(&self.0);
        if !confirmed.is_empty() {
            tokio::spawn(async move {
                let until = (session.generation, milliseconds(CONFIRMED));
                for left in confirmed {
                    // One that is lost keeps the outcome for the time that it was left for.
                    let _: Result<(), Unreachable> =
                        shared.store.run(&CONFIRM, &[left], until).await;
                }
            });
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
    ) -> Result<Answer, Unreachable> {
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
                let left = parts.next().ok_or(Unreachable)?;
                let version = parts.next().and_then(|part| String::from_utf8(part).ok());
                let version = version.and_then(|text| text.parse().ok());
                let session = parts.next().and_then(|part| part.try_into().ok());
                if let (Some(version), Some(session)) = (version, session) {
                    let [_, name, _] = names;
                    self.expect_confirmation(session, name, version);
                }
                Ok(Answer::Done(left))
            }
            _ => Err(Unreachable),
        }
    }

    fn expect_confirmation(&self, session: [u8; 16], left: String, version: u32) {
        let mut unconfirmed = self.unconfirmed();
        let works = unconfirmed.left.entry(session).or_default();
        let is_new = works.is_empty();
        if !works.contains(&(left.clone(), version)) {
            works.push((left, version));
        }
        if is_new {
            unconfirmed.oldest.push_back(session);
        }
        while unconfirmed.left.len() > MAX_UNCONFIRMED {
            let Some(oldest) = unconfirmed.oldest.pop_front() else {
                break;
            };
            unconfirmed.left.remove(&oldest);
        }
        self.count(&unconfirmed);
    }

    /// The outcomes that nobody needs who has seen this session.
    fn take_confirmed(&self, session: &SessionRef) -> Vec<String> {
        let mut unconfirmed = self.unconfirmed();
        let Some(works) = unconfirmed.left.remove(&session.id) else {
            return Vec::new();
        };
        let (confirmed, rest): (Vec<_>, Vec<_>) = works
            .into_iter()
            .partition(|(_, version)| *version <= session.generation);
        if rest.is_empty() {
            unconfirmed.oldest.retain(|id| *id != session.id);
        } else {
            unconfirmed.left.insert(session.id, rest);
        }
        self.count(&unconfirmed);
        confirmed.into_iter().map(|(left, _)| left).collect()
    }

    fn count(&self, unconfirmed: &Unconfirmed) {
        let count = unconfirmed.left.len();
        self.unconfirmed_count.store(count, Ordering::Release);
    }

    fn unconfirmed(&self) -> MutexGuard<'_, Unconfirmed> {
        self.unconfirmed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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

    async fn tell(
        &self,
        work: &Work,
        fence: &Fence,
        outcome: &Finished,
    ) -> Result<(), Unreachable> {
        let session: &[u8] = outcome.session.as_ref().map_or(&[], |id| id);
        let left = (
            fence.as_slice(),
            outcome.version,
            outcome.sealed.as_slice(),
            session,
        );
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
                return Err(Unreachable);
            };
            let (work, fence, until) = (self.work, self.fence, self.until);
            if let Claim::Granted(lease) = shared.here.claim(work).await? {
                lease.finish(outcome.clone()).await?;
            }
            if let Some(session) = outcome.session {
                let [_, left, _] = shared.names.work(&work);
                shared.expect_confirmation(session, left, outcome.version);
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
        Box::pin(async move { telling.await.unwrap_or(Err(Unreachable)) })
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fncy_login::Timestamp;
    use fncy_login::coordinator::SessionRef;

    use super::{MAX_UNCONFIRMED, Works};
    use crate::names::Names;
    use crate::server::Server;
    use crate::store::Store;

    fn works() -> Works {
        let server = Server::at("redis://127.0.0.1:1").unwrap();
        let names = Names::new("shop");
        Works::new(Arc::new(Store::new(server, None)), Arc::new(names))
    }

    fn session(number: usize, generation: u32) -> SessionRef {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        SessionRef {
            id,
            generation,
            issued: Timestamp::from_unix(0),
            ends: Timestamp::from_unix(1),
        }
    }

    #[test]
    fn a_session_confirms_what_led_to_it_and_nothing_newer() {
        let Works(shared) = works();
        for (left, version) in [("first", 1), ("second", 2), ("second", 2)] {
            shared.expect_confirmation(session(7, 0).id, left.to_owned(), version);
        }
        assert_eq!(shared.take_confirmed(&session(8, 9)), [""; 0]);
        assert_eq!(shared.take_confirmed(&session(7, 0)), [""; 0]);
        assert_eq!(shared.take_confirmed(&session(7, 1)), ["first"]);
        assert_eq!(shared.take_confirmed(&session(7, 5)), ["second"]);
        assert_eq!(shared.take_confirmed(&session(7, 5)), [""; 0]);
    }

    #[test]
    fn of_too_many_the_oldest_go_first() {
        let Works(shared) = works();
        for number in 0..=MAX_UNCONFIRMED {
            shared.expect_confirmation(session(number, 0).id, "left".to_owned(), 1);
        }
        assert_eq!(shared.take_confirmed(&session(0, 1)), [""; 0]);
        assert_eq!(shared.take_confirmed(&session(1, 1)), ["left"]);
        let last = session(MAX_UNCONFIRMED, 1);
        assert_eq!(shared.take_confirmed(&last), ["left"]);
    }
}
