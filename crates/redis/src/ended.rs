//! Who was signed out: what this instance knows of the log that all of them write.
//!
//! Rules: a request is answered from memory and waits for nothing; what was ended stays so until no
//! cookie can live any more; the time is the store's own, as it said it last.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};

use fncy_login::coordinator::{Known, SessionRef};
use tokio::time::Instant;

use crate::names::{Name, hash_of};

/// Between two looks for what is needed no longer: seconds.
const SWEEP: u64 = 60;
/// The contract's limit is five seconds; the log is read every second.
const STALE_AFTER: u64 = 4_500;

/// What was ended, as far as it is known here.
pub(crate) struct Ended {
    known: RwLock<State>,
    began: Instant,
    /// When the log was last read to its end: milliseconds after `began`, and one. Zero: never.
    heard: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Until when each is needed: Unix seconds.
    sessions: HashMap<[u8; 16], u64>,
    /// Sessions that are not younger than this are over, and until when that is needed.
    users: HashMap<[u8; 32], (u64, u64)>,
    /// When what is needed no longer was last dropped: Unix seconds.
    swept: u64,
}

/// An end, as the log has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct End {
    /// Whose.
    pub(crate) name: Name,
    /// For a user: when. Unix seconds.
    pub(crate) at: u64,
    /// Until when it is needed: Unix seconds.
    pub(crate) until: u64,
}

impl Ended {
    pub(crate) fn new() -> Self {
        Self {
            known: RwLock::default(),
            began: Instant::now(),
            heard: AtomicU64::new(0),
        }
    }

    pub(crate) fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        if self.has(session, user_id) {
            Known::Ended
        } else if self.is_current() {
            Known::Live
        } else {
            Known::Ask
        }
    }

    fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        let state = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let issued = session.issued.as_unix();
        state.sessions.contains_key(&session.id)
            || !state.users.is_empty()
                && (state.users.get(&hash_of(user_id))).is_some_and(|(at, _)| issued <= *at)
    }

    fn is_current(&self) -> bool {
        match self.heard.load(Ordering::Acquire) {
            0 => false,
            heard => self.now() - heard <= STALE_AFTER,
        }
    }

    /// Milliseconds since this instance began, and one.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
    }

    pub(crate) fn add(&self, end: End) {
        let mut state = self.write();
        match end.name {
            Name::Session(id) => {
                let until = state.sessions.entry(id).or_default();
                *until = end.until.max(*until);
            }
            Name::User(hash) => {
                let user = state.users.entry(hash).or_insert((end.at, end.until));
                *user = (user.0.max(end.at), user.1.max(end.until));
            }
        }
    }

    /// The log was read to its end; this is the store's time.
    pub(crate) fn heard(&self, asked: Instant, now: u64) {
        let mut state = self.write();
        if now >= state.swept + SWEEP {
            state.swept = now;
            state.sessions.retain(|_, until| *until > now);
            state.users.retain(|_, (_, until)| *until > now);
        }
        drop(state);
        // What was ended while the answer was on its way may be missing from it.
        let since = asked.saturating_duration_since(self.began).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX - 1) + 1;
        self.heard.store(since, Ordering::Release);
    }

    /// All of it.
    pub(crate) fn all(&self) -> Vec<End> {
        let state = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let sessions = state.sessions.iter().map(|(id, until)| End {
            name: Name::Session(*id),
            at: 0,
            until: *until,
        });
        let users = state.users.iter().map(|(hash, (at, until))| End {
            name: Name::User(*hash),
            at: *at,
            until: *until,
        });
        sessions.chain(users).collect()
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login::Timestamp;
    use fncy_login::coordinator::{Known, SessionRef};
    use tokio::time::{Instant, advance};

    use super::{End, Ended, STALE_AFTER, SWEEP};
    use crate::names::Name;

    /// The store's time.
    const NOW: u64 = 1_900_000_000;

    fn session(number: u8, issued: u64) -> SessionRef {
        SessionRef {
            id: [number; 16],
            generation: 0,
            issued: Timestamp::from_unix(issued),
            ends: Timestamp::from_unix(NOW + 1_000),
        }
    }

    fn end(name: Name, at: u64) -> End {
        let until = NOW + 30;
        End { name, at, until }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_heard_is_good_for_a_moment() {
        let ended = Ended::new();
        let known = || ended.known(&session(1, NOW), "alex");
        assert_eq!(known(), Known::Ask, "nothing was heard yet");
        ended.heard(Instant::now(), NOW);
        advance(Duration::from_millis(STALE_AFTER)).await;
        assert_eq!(known(), Known::Live);
        advance(Duration::from_millis(1)).await;
        assert_eq!(known(), Known::Ask);
        let asked = Instant::now();
        advance(Duration::from_millis(STALE_AFTER)).await;
        ended.heard(asked, NOW);
        advance(Duration::from_millis(1)).await;
        assert_eq!(known(), Known::Ask, "it counts from when it was asked");
    }

    #[tokio::test]
    async fn a_users_end_is_that_of_the_sessions_before_it() {
        let ended = Ended::new();
        ended.heard(Instant::now(), NOW);
        ended.add(end(Name::of_user("alex"), NOW));
        ended.add(end(Name::of_user("alex"), NOW - 10));
        let known = |issued, user| ended.known(&session(1, issued), user);
        assert_eq!(known(NOW, "alex"), Known::Ended, "the later of two counts");
        assert_eq!(known(NOW + 1, "alex"), Known::Live);
        assert_eq!(known(NOW, "haneul"), Known::Live);
    }

    #[tokio::test]
    async fn what_no_cookie_can_outlive_is_dropped() {
        let ended = Ended::new();
        for name in [Name::Session([1; 16]), Name::of_user("alex")] {
            ended.add(end(name, NOW));
        }
        ended.heard(Instant::now(), NOW);
        assert_eq!(ended.all().len(), 2);
        ended.heard(Instant::now(), NOW + SWEEP - 1);
        assert_eq!(ended.all().len(), 2, "it is looked for once a minute");
        ended.heard(Instant::now(), NOW + SWEEP);
        assert_eq!(ended.all(), []);
    }
}
