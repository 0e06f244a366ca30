//! Reading the log of what was ended, and writing to it.
//!
//! ```text
//!  age unknown --> read from the beginning --> read what is new: each second, and before each renewal
//!                       ^                          |
//!                       \-- the log has another age: it is told what is known here, and what it lacks
//! ```
//!
//! Rules:
//! - Nobody reads twice what was read after they asked: of many who ask at once, one reads.
//! - What could not be told is told with the next reading.
//! - The task that reads each second ends with the last coordinator that it reads for.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login::coordinator::Unreachable;
use redis::Script;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::ended::{End, Ended};
use crate::names::{Name, Names};
use crate::store::Store;

/// Between two readings.
const PAUSE: Duration = Duration::from_secs(1);
/// Ends in one answer: half a megabyte.
const MAX_READ: usize = 5_000;
/// The longest that a session can live, in seconds.
pub(crate) const LONGEST: u64 = 30 * 24 * 60 * 60;

static END: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/end.lua")));
static FOLLOW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("scripts/follow.lua")));

pub(crate) struct Follower {
    store: Arc<Store>,
    names: Arc<Names>,
    pub(crate) ended: Ended,
    place: tokio::sync::Mutex<Place>,
    untold: Mutex<HashSet<End>>,
    reading: Mutex<Option<JoinHandle<()>>>,
}

/// How far the log was read.
#[derive(Clone, Default)]
struct Place {
    age: String,
    number: String,
    /// When the last reading that came to its end had been asked for.
    asked: Option<Instant>,
}

impl Follower {
    pub(crate) fn new(store: Arc<Store>, names: Arc<Names>) -> Self {
        Self {
            store,
            names,
            ended: Ended::new(),
            place: tokio::sync::Mutex::default(),
            untold: Mutex::default(),
            reading: Mutex::default(),
        }
    }

    /// Has the log read each second from now on, if it isn't.
    pub(crate) fn start(self: &Arc<Self>) {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        if reading.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let follower = Arc::downgrade(self);
        *reading = Some(tokio::spawn(async move {
            while let Some(follower) = follower.upgrade() {
                // It is asked again a second later; requests are told that nobody knows.
                let _: Result<(), Unreachable> = follower.catch_up().await;
                drop(follower);
                sleep(PAUSE).await;
            }
        }));
    }

    /// Reads what has come since, to the end of the log.
    pub(crate) async fn catch_up(&self) -> Result<(), Unreachable> {
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
            let [age, now, number, ends @ ..] = answer.as_slice() else {
                return Err(Unreachable);
            };
            if *age != next.age {
                // What was read so far is another server's.
                read.clear();
            }
            let (pairs, _) = ends.as_chunks::<2>();
            for [name, until] in pairs {
                if let Some(((name, at), until)) = Name::read(name).zip(until.parse().ok()) {
                    self.ended.add(End { name, at, until });
                    read.insert((name, at));
                }
            }
            next = Place {
                age: age.clone(),
                number: number.clone(),
                asked: Some(asked),
            };
            if pairs.len() < MAX_READ {
                let now = now.parse().map_err(|_| Unreachable)?;
                self.ended.heard(asked, now);
                break;
            }
        }
        if next.age != place.age {
            let mut lacking = self.ended.all();
            lacking.retain(|end| !read.contains(&(end.name, end.at)));
            self.untold().extend(lacking);
        }
        *place = next;
        let rest: Vec<End> = self.untold().iter().copied().collect();
        // What was read is known, whether the store takes more or not.
        let _: Result<(), Unreachable> = self.tell(&rest).await;
        Ok(())
    }

    async fn read(&self, place: &Place) -> Result<Vec<String>, Unreachable> {
        let known = (&place.age, &place.number, MAX_READ, LONGEST);
        self.store.run(&FOLLOW, &self.names.ended(), known).await
    }

    /// Ends a session, or those that a user had, here at once.
    pub(crate) async fn end(self: &Arc<Self>, end: End) -> Result<(), Unreachable> {
        self.start();
        self.ended.add(end);
        self.untold().insert(end);
        self.tell(&[end]).await
    }

    /// What is told is untold no longer; what isn't, or by whoever gives up, stays so.
    async fn tell(&self, ends: &[End]) -> Result<(), Unreachable> {
        for ends in ends.chunks(MAX_READ) {
            let pairs = ends
                .iter()
                .map(|end| (end.name.write_at(end.at), end.until));
            let pairs: Vec<_> = pairs.collect();
            let _: () = self.store.run(&END, &self.names.ended(), pairs).await?;
            let mut untold = self.untold();
            for end in ends {
                untold.remove(end);
            }
        }
        Ok(())
    }

    fn untold(&self) -> MutexGuard<'_, HashSet<End>> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
