//! Reading the log of what was ended, and writing to it.
//!
//! ```text
//!  age unknown --> read from the beginning --> read what is new: each second, and before each refresh
//!                       ^                          |
//!                       \-- the log has another age: it is told what is known here, and what it lacks
//! ```
//!
//! Rules:
//! - Nobody reads twice what was read after they asked: of many who ask at once, one reads.
//! - What could not be told is told with the next reading.
//! - Times go over the wire as how long something is still needed: a clock that is wrong loses nothing.
//! - The task that reads each second ends with the last store that it reads for.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login::store::StoreError;
use redis::Script;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::ended::{End, Ended, MAX_LOG};
use crate::names::{Name, Names, UserHash};
use crate::store::Store;

/// Between two readings.
const PAUSE: Duration = Duration::from_secs(1);
/// Ends in one answer: half a megabyte.
const MAX_READ: usize = 5_000;
/// The longest that a session can live, in seconds.
pub(crate) const LONGEST: u64 = 30 * 24 * 60 * 60;
/// Between two warnings that there is no room.
const QUIET: Duration = Duration::from_secs(60);

static END: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("scripts/clock.lua"),
        include_str!("scripts/end.lua")
    ))
});
static FOLLOW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(concat!(
        include_str!("scripts/clock.lua"),
        include_str!("scripts/follow.lua")
    ))
});

pub(crate) struct Follower {
    store: Arc<Store>,
    names: Arc<Names>,
    pub(crate) ended: Ended,
    place: tokio::sync::Mutex<Place>,
    untold: Mutex<HashSet<End>>,
    reading: Mutex<Option<JoinHandle<()>>>,
    /// When the last warning was given that there is no room.
    warned: Mutex<Option<Instant>>,
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
            warned: Mutex::default(),
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
                let _: Result<(), StoreError> = follower.catch_up().await;
                drop(follower);
                sleep(PAUSE).await;
            }
        }));
    }

    /// Reads what has come since, to the end of the log.
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
            let [age, number, ends @ ..] = answer.as_slice() else {
                return Err(StoreError);
            };
            if *age != next.age {
                // What was read so far is another server's.
                read.clear();
            }
            let (pairs, _) = ends.as_chunks::<2>();
            for [name, life] in pairs {
                if let Some((name, life)) = Name::read(name).zip(life.parse().ok()) {
                    let until = asked + Duration::from_secs(life);
                    self.ended.add(End { name, until });
                    read.insert(name);
                }
            }
            next = Place {
                age: age.clone(),
                number: number.clone(),
                asked: Some(asked),
            };
            if pairs.len() < MAX_READ {
                self.ended.heard(asked);
                break;
            }
        }
        if next.age != place.age {
            let mut lacking = self.ended.all();
            lacking.retain(|end| !read.contains(&end.name));
            self.untold().extend(lacking);
        }
        *place = next;
        let rest: Vec<End> = self.untold().iter().copied().collect();
        // What was read is known, whether the store takes more or not.
        let _: Result<(), StoreError> = self.tell(&rest, &[]).await;
        Ok(())
    }

    async fn read(&self, place: &Place) -> Result<Vec<String>, StoreError> {
        let known = (&place.age, &place.number, MAX_READ, LONGEST);
        self.store.run(&FOLLOW, &self.names.ended(), known).await
    }

    /// Says it here at once, and then to the others. A user with too many ended sessions has all of them
    /// ended by one word.
    pub(crate) async fn end(
        self: &Arc<Self>,
        mut end: End,
        user: UserHash,
    ) -> Result<(), StoreError> {
        self.start();
        let mut needless = self.ended.add(end);
        if let Some(name) = self.ended.crowd(user) {
            let until = Instant::now() + Duration::from_secs(LONGEST);
            end = End { name, until };
            needless.extend(self.ended.add(end));
        }
        self.untold().insert(end);
        self.tell(&[end], &needless).await
    }

    /// What is told is untold no longer; what isn't, or by whoever gives up, stays so.
    async fn tell(&self, ends: &[End], needless: &[Name]) -> Result<(), StoreError> {
        let needless: Vec<_> = needless.iter().map(|name| name.write()).collect();
        for ends in ends.chunks(MAX_READ) {
            let now = Instant::now();
            let pairs = ends.iter().map(|end| {
                let life = end.until.saturating_duration_since(now);
                (end.name.write(), life.as_secs() + 1)
            });
            let pairs: Vec<_> = pairs.collect();
            let said = (MAX_LOG, needless.len(), &needless, pairs);
            let evicted: usize = self.store.run(&END, &self.names.ended(), said).await?;
            if evicted > 0 {
                self.warn();
            }
            let mut untold = self.untold();
            for end in ends {
                untold.remove(end);
            }
        }
        Ok(())
    }

    fn warn(&self) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|last| last.elapsed() >= QUIET) {
            *warned = Some(Instant::now());
            tracing::warn!(
                "more sessions were signed out than the store remembers; the oldest sign-outs are \
                 forgotten, and new instances let copies of their cookies in again"
            );
        }
    }

    fn untold(&self) -> MutexGuard<'_, HashSet<End>> {
        self.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
