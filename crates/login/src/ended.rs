//! Who was signed out, as far as one process knows.
//!
//! Rules: what was ended stays so until no cookie of it can live any more; memory is bounded, and whatever
//! would go soonest goes first.

use fncy_login_core::{Lifetimes, SessionRef, Timestamp};

use crate::fading::Fading;

/// A hundred bytes each.
const MAX_ENDED: usize = 1_000_000;

pub(crate) struct Ended {
    sessions: Fading<[u8; 16], (), Timestamp>,
    /// Of each, the sessions that were issued no later than this are over.
    users: Fading<String, Timestamp, Timestamp>,
}

impl Ended {
    pub(crate) fn new() -> Self {
        Self {
            sessions: Fading::new(MAX_ENDED),
            users: Fading::new(MAX_ENDED),
        }
    }

    pub(crate) fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        self.sessions.get(&session.id).is_some()
            || self
                .users
                .get(user_id)
                .is_some_and(|at| session.issued <= *at)
    }

    pub(crate) fn add(&mut self, session: &SessionRef) {
        self.sessions.insert(session.id, (), session.ends);
    }

    pub(crate) fn add_user(&mut self, id: &str, at: Timestamp) {
        let known = self.users.get(id).copied();
        let at = at.max(known.unwrap_or_default());
        self.users
            .insert(id.to_owned(), at, at.plus(Lifetimes::MAX));
    }

    pub(crate) fn forget(&mut self, now: Timestamp) {
        self.sessions.forget(now);
        self.users.forget(now);
    }

    /// How many sessions and users there are.
    pub(crate) fn len(&self) -> usize {
        self.sessions.len() + self.users.len()
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_core::{Lifetimes, SessionRef, Timestamp};

    use super::Ended;

    fn session(issued: u64) -> SessionRef {
        SessionRef {
            id: [1; 16],
            generation: 0,
            issued: Timestamp::from_unix(issued),
            ends: Timestamp::from_unix(issued + 100),
        }
    }

    #[test]
    fn a_users_end_is_that_of_the_sessions_before_it() {
        let mut ended = Ended::new();
        for at in [1_000, 900] {
            ended.add_user("alex", Timestamp::from_unix(at));
        }
        assert!(
            ended.has(&session(1_000), "alex"),
            "the later of two counts"
        );
        assert!(!ended.has(&session(1_001), "alex"));
        assert!(!ended.has(&session(1_000), "haneul"));
        ended.forget(Timestamp::from_unix(1_000 + Lifetimes::MAX - 1));
        assert!(ended.has(&session(1_000), "alex"));
        ended.forget(Timestamp::from_unix(1_000 + Lifetimes::MAX));
        assert_eq!(ended.len(), 0);
    }
}
