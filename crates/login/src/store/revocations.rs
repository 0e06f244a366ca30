//! Who was signed out, as far as one process knows.
//!
//! Rules:
//! - What was ended stays so until no cookie of it can live any more, by a clock that nobody sets: that of
//!   the machine may be days ahead for a moment.
//! - Memory is bounded. A user with too many ended sessions has one entry for all of them; where there are
//!   too many users, what would go soonest goes first.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Lifetimes, RevokedSession, SessionRef, Timestamp};
use tokio::time::Instant;

use crate::store::expiring_map::ExpiringMap;

/// Some three hundred bytes each.
const MAX_ENDED: usize = 1_000_000;
/// Sessions of one user that are remembered by themselves.
const MAX_OF_USER: usize = 1_000;
/// No session lives longer.
const LONGEST: Duration = Duration::from_secs(Lifetimes::MAX);

type SessionId = [u8; 16];

pub(crate) struct Ended {
    sessions: ExpiringMap<SessionId, Entry, Instant>,
    of_users: HashMap<Arc<str>, OfUser>,
    /// Of each, the sessions that were issued no later than this are over.
    users: ExpiringMap<Arc<str>, Timestamp, Instant>,
    /// Sessions that began after the end of their user's, by which they would be over: up to which end
    /// they are not.
    begun: ExpiringMap<SessionId, Timestamp, Instant>,
}

struct Entry {
    /// Newer generations live on.
    up_to: u32,
    user_id: Arc<str>,
}

/// The ended sessions of a user.
#[derive(Default)]
struct OfUser {
    ids: Vec<SessionId>,
    /// When the newest of them was issued.
    issued: Timestamp,
}

impl Ended {
    pub(crate) fn new() -> Self {
        Self::with_room_for(MAX_ENDED)
    }

    fn with_room_for(max: usize) -> Self {
        Self {
            sessions: ExpiringMap::new(max),
            of_users: HashMap::new(),
            users: ExpiringMap::new(max),
            begun: ExpiringMap::new(max),
        }
    }

    pub(crate) fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        let ended = self.sessions.get(&session.id);
        ended.is_some_and(|ended| session.generation <= ended.up_to)
            || self.ends_with_user(session, user_id).is_some_and(|at| {
                let begun = self.begun.get(&session.id);
                begun.is_none_or(|up_to| up_to < at)
            })
    }

    /// The end of a user's sessions that is this one's too.
    fn ends_with_user(&self, session: &SessionRef, user_id: &str) -> Option<&Timestamp> {
        self.users.get(user_id).filter(|at| session.issued <= **at)
    }

    pub(crate) fn add(&mut self, ending: &RevokedSession, now: Instant) {
        let RevokedSession {
            session, user_id, ..
        } = ending;
        let before = self.forget_session(&session.id);
        let up_to = if ending.spares_newer {
            session.generation.max(before.unwrap_or_default())
        } else {
            u32::MAX
        };
        let user_id = match self.of_users.get_key_value(&**user_id) {
            Some((user_id, _)) => Arc::clone(user_id),
            None => Arc::from(&**user_id),
        };
        if !ending.spares_newer {
            self.begun.remove(&session.id);
        }
        let of_user = self.of_users.entry(Arc::clone(&user_id)).or_default();
        of_user.ids.push(session.id);
        of_user.issued = of_user.issued.max(session.issued);
        let is_crowd = of_user.ids.len() > MAX_OF_USER;
        let issued = of_user.issued;
        let ended = Entry {
            up_to,
            user_id: Arc::clone(&user_id),
        };
        self.sessions.insert(session.id, ended, now + life(session));
        if is_crowd {
            self.add_user(&user_id, issued, now);
        }
    }

    pub(crate) fn add_user(&mut self, id: &str, at: Timestamp, now: Instant) {
        // Later than the end before, so that it is that of what has begun since, too.
        let at = match self.users.get(id) {
            Some(before) => at.max(before.plus(1)),
            None => at,
        };
        if let Some(of_user) = self.of_users.get_mut(id)
            && of_user.issued <= at
        {
            for id in std::mem::take(&mut of_user.ids) {
                self.sessions.remove(&id);
                self.begun.remove(&id);
            }
            self.of_users.remove(id);
        }
        self.users.insert(Arc::from(id), at, now + LONGEST);
    }

    /// A session begins now, whatever its instance's clock says of its user's end.
    pub(crate) fn begin(&mut self, session: &SessionRef, user_id: &str, now: Instant) {
        if let Some(at) = self.ends_with_user(session, user_id).copied() {
            self.begun.insert(session.id, at, now + life(session));
        }
    }

    /// Drops what is needed no longer, and what there is no room for: whether there was any of that.
    pub(crate) fn forget(&mut self, now: Instant) -> bool {
        let mut is_crowded = false;
        loop {
            is_crowded |= self.sessions.is_crowded(now);
            let Some((id, ended)) = self.sessions.take_gone(now) else {
                break;
            };
            self.disown(&id, &ended);
        }
        is_crowded |= self.users.is_crowded(now);
        self.users.forget(now);
        self.begun.forget(now);
        is_crowded
    }

    /// How many sessions and users there are.
    pub(crate) fn len(&self) -> usize {
        self.sessions.len() + self.users.len()
    }

    fn forget_session(&mut self, id: &SessionId) -> Option<u32> {
        let ended = self.sessions.remove(id)?;
        self.disown(id, &ended);
        Some(ended.up_to)
    }

    fn disown(&mut self, id: &SessionId, ended: &Entry) {
        if let Some(of_user) = self.of_users.get_mut(&ended.user_id) {
            of_user.ids.retain(|other| other != id);
            if of_user.ids.is_empty() {
                self.of_users.remove(&ended.user_id);
            }
        }
    }
}

/// How long a cookie of a session can live from now on at most, whatever clock is wrong.
fn life(session: &SessionRef) -> Duration {
    Duration::from_secs(session.ends.seconds_since(session.issued))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::{RevokedSession, SessionRef, Timestamp};
    use tokio::time::Instant;

    use super::{Ended, LONGEST, MAX_OF_USER};

    fn session(number: usize, issued: u64) -> SessionRef {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        SessionRef {
            id,
            generation: 3,
            issued: Timestamp::from_unix(issued),
            ends: Timestamp::from_unix(issued + 100),
        }
    }

    fn of(session: SessionRef, user_id: &str) -> RevokedSession {
        RevokedSession::new(session, user_id)
    }

    #[test]
    fn a_users_end_is_that_of_the_sessions_before_it() {
        let (mut ended, now) = (Ended::new(), Instant::now());
        for at in [1_000, 900] {
            ended.add_user("alex", Timestamp::from_unix(at), now);
        }
        assert!(
            ended.has(&session(1, 1_000), "alex"),
            "the later of two counts"
        );
        assert!(!ended.has(&session(1, 1_002), "alex"));
        assert!(!ended.has(&session(1, 1_000), "haneul"));
        ended.forget(now + LONGEST - Duration::from_secs(1));
        assert!(ended.has(&session(1, 1_000), "alex"));
        ended.forget(now + LONGEST);
        assert_eq!(ended.len(), 0);
    }

    #[test]
    fn l14_a_session_that_begins_after_a_users_end_lives_until_the_next() {
        let (mut ended, now) = (Ended::new(), Instant::now());
        ended.add_user("alex", Timestamp::from_unix(1_060), now);
        let (elsewhere, here) = (session(1, 1_020), session(2, 1_001));
        ended.begin(&here, "alex", now);
        assert!(ended.has(&elsewhere, "alex"), "its clock is ahead");
        assert!(!ended.has(&here, "alex"));
        ended.add(&of(here, "alex"), now);
        assert!(ended.has(&here, "alex"), "it was signed out");
        let again = session(3, 1_001);
        ended.begin(&again, "alex", now);
        ended.add_user("alex", Timestamp::from_unix(1_060), now);
        assert!(ended.has(&here, "alex") && ended.has(&again, "alex"));
    }

    #[test]
    fn l15_an_entry_lives_for_the_whole_life_of_its_session() {
        let (mut ended, now) = (Ended::new(), Instant::now());
        ended.add(&of(session(1, 5_000), "alex"), now);
        ended.forget(now + Duration::from_secs(99));
        assert!(ended.has(&session(1, 5_000), "alex"));
        ended.forget(now + Duration::from_secs(100));
        assert_eq!((ended.len(), ended.of_users.len()), (0, 0));
    }

    #[test]
    fn k24_the_end_of_a_copy_spares_newer_generations() {
        let (mut ended, now) = (Ended::new(), Instant::now());
        let copy = of(session(1, 0), "alex").sparing_newer();
        let generation = |generation| SessionRef {
            generation,
            ..session(1, 0)
        };
        ended.add(&copy, now);
        assert!(ended.has(&generation(3), "alex"));
        assert!(!ended.has(&generation(4), "alex"));
        ended.add(&of(generation(4), "alex"), now);
        ended.add(&copy, now);
        assert!(ended.has(&generation(9), "alex"), "what was ended stays so");
    }

    #[test]
    fn l18_one_users_many_sign_outs_are_one_entry_and_evict_nobody_elses() {
        let (mut ended, now) = (Ended::with_room_for(2 * MAX_OF_USER), Instant::now());
        ended.add(&of(session(0, 7), "haneul"), now);
        for number in 1..=10 * MAX_OF_USER {
            ended.add(&of(session(number, number as u64), "alex"), now);
            assert!(!ended.forget(now), "{number}");
        }
        assert!(ended.len() <= MAX_OF_USER + 2, "{}", ended.len());
        assert!(ended.has(&session(0, 7), "haneul"));
        for number in [1, 2, MAX_OF_USER, MAX_OF_USER + 1, 10 * MAX_OF_USER] {
            assert!(
                ended.has(&session(number, number as u64), "alex"),
                "{number}"
            );
        }
        let another = session(usize::MAX, 10 * MAX_OF_USER as u64 + 1);
        assert!(!ended.has(&another, "alex"));
    }

    #[test]
    fn l18_an_eviction_before_its_time_is_said() {
        let (mut ended, now) = (Ended::with_room_for(2), Instant::now());
        let mut add = |number, user_id: &str| {
            ended.add(&of(session(number, 0), user_id), now);
            ended.forget(now)
        };
        assert_eq!(
            [add(1, "alex"), add(2, "jun"), add(3, "haneul")],
            [false, false, true]
        );
        assert!(!ended.has(&session(1, 0), "alex"), "the soonest first");
        assert!(!ended.forget(now + Duration::from_secs(100)), "in its time");
    }
}
