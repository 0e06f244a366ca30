//! The revocation list of one process.
//!
//! Rules:
//! - An entry stays until no cookie of its session can live any more. It lives by a monotonic clock: the
//!   machine's clock may be days ahead for a moment.
//! - Memory is bounded. A user with too many revoked sessions has one entry for all of them. If there are too
//!   many users, the entry that would go soonest goes first.
//! - A request takes the lock only if its session or its user probably has an entry. A user's entry
//!   is added before the entries of the user's sessions are dropped. An entry that is added again keeps its place.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{
    Lifetimes, RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp, quick_hash,
};
use tokio::time::Instant;

use crate::observe::once_per_minute::OncePerMinute;
use crate::store::counting_filter::{Counted, CountingFilter};
use crate::store::expiring_map::ExpiringMap;

/// Some two hundred and fifty bytes each.
const MAX_REVOKED: usize = 1_000_000;
/// The sessions of one user that have an entry each.
const MAX_OF_USER: usize = 1_000;
/// The longest life of a session.
const LONGEST: Duration = Duration::from_secs(Lifetimes::MAX);

/// The list, and what is read without its lock.
pub(crate) struct RevocationList {
    entries: Mutex<Entries>,
    filters: Filters,
    warning: OncePerMinute,
}

/// Says without a lock that neither a session nor its user has an entry. Clones share it.
#[derive(Clone, Default)]
struct Filters {
    sessions: CountingFilter,
    users: CountingFilter,
    hasher: RandomState,
}

pub(crate) struct Entries {
    sessions: ExpiringMap<SessionId, Entry, Instant>,
    /// The revoked sessions of each user, and when they were issued. A user is named by a keyed hash of the id.
    of_users: BTreeMap<(u64, SessionId), Timestamp>,
    users: ExpiringMap<Arc<str>, UserEntry, Instant>,
    /// Users who must be read again.
    reads: ExpiringMap<Arc<str>, ReadEntry, Instant>,
    /// Sessions that began after a user's entry and would be revoked by it. They are exempt from entries up to
    /// this time.
    exempt: ExpiringMap<SessionId, Timestamp, Instant>,
    filters: Filters,
}

struct Entry {
    /// The highest rank that is revoked.
    up_to: u32,
    user: u64,
    counted: Counted,
    /// The count for copies that are bound to a device key, if they are revoked too.
    counted_bound: Option<Counted>,
}

/// The sessions of a user that were issued no later than this are revoked, except for the spared one.
struct UserEntry {
    until: Timestamp,
    spared: Option<SessionId>,
    /// Earlier entries reach the spared session, if it was issued no later than this.
    reached: Option<Timestamp>,
    counted: Counted,
}

/// User data that was read before this must be read again.
struct ReadEntry {
    since: Timestamp,
    counted: Counted,
}

impl RevocationList {
    pub(crate) fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        if !self.filters.may_have(session, user_id) {
            return RevocationStatus::Live;
        }
        let entries = self.entries();
        if entries.has(session, user_id) {
            RevocationStatus::Revoked
        } else {
            let read_since = entries.read_since(user_id);
            read_since.map_or(RevocationStatus::Live, RevocationStatus::ReadUser)
        }
    }

    pub(crate) fn len(&self) -> usize {
        let entries = self.entries();
        entries.sessions.len() + entries.users.len()
    }

    pub(crate) fn read_since(&self, user_id: &str) -> Option<Timestamp> {
        self.entries().read_since(user_id)
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Entries, Instant)) {
        let now = Instant::now();
        let mut entries = self.entries();
        change(&mut entries, now);
        let is_crowded = entries.forget(now);
        drop(entries);
        if is_crowded && self.warning.is_due(()) {
            tracing::warn!(
                max = MAX_REVOKED,
                "the revocation list of this process is full; the oldest sign-outs are dropped, and copies \
                 of their cookies open again"
            );
        }
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for RevocationList {
    fn default() -> Self {
        let entries = Entries::with_room_for(MAX_REVOKED);
        Self {
            filters: entries.filters.clone(),
            entries: Mutex::new(entries),
            warning: OncePerMinute::default(),
        }
    }
}

impl Filters {
    fn may_have(&self, session: &SessionRef, user_id: &str) -> bool {
        // The session comes first: a user's entry is added before it replaces those of the user's sessions. An id is
        // hashed only if a user has an entry.
        self.sessions.may_have(session.bits())
            || (!self.users.is_empty() && self.users.may_have(quick_hash(user_id.as_bytes())))
    }

    fn user(&self, id: &str) -> u64 {
        self.hasher.hash_one(id)
    }
}

impl Entries {
    fn with_room_for(max: usize) -> Self {
        Self {
            sessions: ExpiringMap::new(max),
            of_users: BTreeMap::new(),
            users: ExpiringMap::new(max),
            reads: ExpiringMap::new(max),
            exempt: ExpiringMap::new(max),
            filters: Filters::default(),
        }
    }

    fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        let entry = self.sessions.get(&session.id());
        entry.is_some_and(|entry| session.rank() <= entry.up_to)
            || self
                .revoked_with_user(session, user_id)
                .is_some_and(|until| {
                    let exempt = self.exempt.get(&session.id());
                    exempt.is_none_or(|up_to| *up_to < until)
                })
    }

    /// Up to which time sessions of a user are revoked, if this one is among them.
    fn revoked_with_user(&self, session: &SessionRef, user_id: &str) -> Option<Timestamp> {
        let user = self.users.get(user_id)?;
        let until = if user.spared == Some(session.id()) {
            user.reached?
        } else {
            user.until
        };
        (session.issued() <= until).then_some(until)
    }

    fn read_since(&self, user_id: &str) -> Option<Timestamp> {
        self.reads.get(user_id).map(|entry| entry.since)
    }

    /// Has a user read again whose data was read before this.
    pub(crate) fn read_user(&mut self, id: &str, since: Timestamp, now: Instant) {
        let entry = match self.reads.remove(id) {
            // A second later than the entry before: that one may have been met within the same second.
            Some(before) => ReadEntry {
                since: since.max(before.since.plus(1)),
                counted: before.counted,
            },
            None => ReadEntry {
                since,
                counted: self.filters.users.add(quick_hash(id.as_bytes())),
            },
        };
        self.reads.insert(Arc::from(id), entry, now + LONGEST);
    }

    /// Revokes a session.
    pub(crate) fn add(&mut self, revoked: &RevokedSession, now: Instant) {
        let (session, user_id) = (revoked.session(), revoked.user_id());
        let (id, user) = (session.id(), self.filters.user(user_id));
        let filter = &self.filters.sessions.clone();
        let (before, counted, counted_bound) = match self.remove(&id) {
            Some(before) => (before.up_to, before.counted, before.counted_bound),
            None => (0, filter.add(session.unbound().bits()), None),
        };
        if revoked.is_whole() {
            self.exempt.remove(&id);
        }
        let up_to = revoked.up_to().max(before);
        let reaches_bound = up_to > RevokedSession::UNBOUND;
        let counted_bound =
            counted_bound.or_else(|| reaches_bound.then(|| filter.add(session.bound().bits())));
        let entry = Entry {
            up_to,
            user,
            counted,
            counted_bound,
        };
        self.sessions.insert(id, entry, now + life(session));
        self.of_users.insert((user, id), session.issued());
        let of_user = self.of_users.range(of(user));
        if of_user.clone().count() > MAX_OF_USER
            && let Some(issued) = of_user.map(|(_, issued)| *issued).max()
        {
            self.add_user(user_id, issued, None, now);
        }
    }

    /// Revokes the sessions of a user that were issued no later than this, except for one.
    pub(crate) fn add_user(
        &mut self,
        id: &str,
        until: Timestamp,
        spared: Option<SessionId>,
        now: Instant,
    ) {
        let entry = match self.users.remove(id) {
            // A second later than the entry before, so that it reaches the sessions that are exempt from that.
            Some(before) => UserEntry {
                until: until.max(before.until.plus(1)),
                spared,
                reached: if before.spared == spared {
                    before.reached
                } else {
                    Some(before.until)
                },
                counted: before.counted,
            },
            None => UserEntry {
                until,
                spared,
                reached: None,
                counted: self.filters.users.add(quick_hash(id.as_bytes())),
            },
        };
        let (user, until) = (self.filters.user(id), entry.until);
        self.users.insert(Arc::from(id), entry, now + LONGEST);
        let of_user = self.of_users.range(of(user));
        // If the spared session was revoked itself, its entry stays.
        let reached = of_user.filter(|((_, id), issued)| **issued <= until && Some(*id) != spared);
        let ids: Vec<SessionId> = reached.map(|(&(_, id), _)| id).collect();
        for id in ids {
            self.remove(&id);
            self.exempt.remove(&id);
        }
    }

    /// Exempts a new session from the entry of its user, if that reaches ahead of its clock.
    pub(crate) fn exempt(&mut self, session: &SessionRef, user_id: &str, now: Instant) {
        if let Some(until) = self.revoked_with_user(session, user_id) {
            self.exempt.insert(session.id(), until, now + life(session));
        }
    }

    /// Drops what has expired, and what the list has no room for. Whether there was any of the latter.
    fn forget(&mut self, now: Instant) -> bool {
        let mut is_crowded = false;
        loop {
            is_crowded |= self.sessions.is_crowded(now);
            let Some((id, entry)) = self.sessions.take_gone(now) else {
                break;
            };
            self.of_users.remove(&(entry.user, id));
        }
        is_crowded |= self.users.is_crowded(now);
        self.users.forget(now);
        self.reads.forget(now);
        self.exempt.forget(now);
        is_crowded
    }

    /// Takes a session's entry out.
    fn remove(&mut self, id: &SessionId) -> Option<Entry> {
        let entry = self.sessions.remove(id)?;
        self.of_users.remove(&(entry.user, *id));
        Some(entry)
    }
}

/// The keys of a user's sessions.
fn of(user: u64) -> RangeInclusive<(u64, SessionId)> {
    let [first, last] = [0, u8::MAX].map(|byte| SessionId::from_bytes([byte; 16]));
    (user, first)..=(user, last)
}

/// How long a cookie of a session can live from now on at most, even if a clock is wrong.
fn life(session: &SessionRef) -> Duration {
    Duration::from_secs(session.ends().seconds_since(session.issued()))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, mpsc};
    use std::thread;
    use std::time::Duration;

    use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};
    use tokio::time::{Instant, advance};

    use super::{Entries, LONGEST, MAX_OF_USER, RevocationList};

    fn session(number: usize, issued: u64) -> SessionRef {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        let [issued, ends] = [issued, issued + 100].map(Timestamp::from_unix);
        SessionRef::new(SessionId::from_bytes(id), 3, issued, ends)
    }

    fn list() -> Entries {
        Entries::with_room_for(10)
    }

    #[test]
    fn k23_what_is_revoked_again_keeps_its_place_in_the_filter() {
        let mut entries = Entries::with_room_for(1_000);
        let now = Instant::now();
        // Enough for the filter's first level. The last one is in the second level.
        let last = 128;
        let user = |number: usize| format!("user {number}");
        let add = |entries: &mut Entries, number| {
            entries.add(&of(session(number, 0), "alex"), now);
            entries.add_user(&user(number), Timestamp::from_unix(1), None, now);
        };
        (0..=last).for_each(|number| add(&mut entries, number));
        entries.remove(&session(0, 0).id());
        entries.users.remove(&*user(0));
        let places = |entries: &Entries| {
            let session = entries.sessions.get(&session(last, 0).id()).unwrap();
            let user = entries.users.get(&*user(last)).unwrap();
            [session.counted.place(), user.counted.place()]
        };
        let before = places(&entries);
        add(&mut entries, last);
        assert_eq!(places(&entries), before);
    }

    impl Entries {
        /// The number of sessions and users. Neither is kept elsewhere after it is gone.
        fn len(&self) -> usize {
            let (sessions, users) = (self.sessions.len(), self.users.len());
            assert_eq!(sessions, self.of_users.len());
            assert_eq!(self.filters.sessions.is_empty(), sessions == 0);
            assert_eq!(self.filters.users.is_empty(), users == 0);
            sessions + users
        }
    }

    fn has(list: &RevocationList, session: &SessionRef, user_id: &str) -> bool {
        list.status(session, user_id) == RevocationStatus::Revoked
    }

    fn of(session: SessionRef, user_id: &str) -> RevokedSession {
        RevokedSession::new(session, user_id)
    }

    #[test]
    fn a_users_entry_revokes_the_sessions_before_it() {
        let (mut entries, now) = (list(), Instant::now());
        for at in [1_000, 900] {
            entries.add_user("alex", Timestamp::from_unix(at), None, now);
        }
        assert!(
            entries.has(&session(1, 1_000), "alex"),
            "the later of two counts"
        );
        assert!(!entries.has(&session(1, 1_002), "alex"));
        assert!(!entries.has(&session(1, 1_000), "haneul"));
        entries.forget(now + LONGEST - Duration::from_secs(1));
        assert!(entries.has(&session(1, 1_000), "alex"));
        entries.forget(now + LONGEST);
        assert_eq!(entries.len(), 0);
    }

    #[test]
    fn l14_a_session_that_begins_after_a_users_entry_lives_until_the_next() {
        let (mut entries, now) = (list(), Instant::now());
        entries.add_user("alex", Timestamp::from_unix(1_060), None, now);
        let (elsewhere, here) = (session(1, 1_020), session(2, 1_001));
        entries.exempt(&here, "alex", now);
        assert!(entries.has(&elsewhere, "alex"), "its clock is ahead");
        assert!(!entries.has(&here, "alex"));
        entries.add(&of(here, "alex"), now);
        assert!(entries.has(&here, "alex"), "it was signed out");
        let again = session(3, 1_001);
        entries.exempt(&again, "alex", now);
        entries.add_user("alex", Timestamp::from_unix(1_060), None, now);
        assert!(entries.has(&here, "alex") && entries.has(&again, "alex"));
    }

    #[test]
    fn u03_no_call_brings_a_revoked_session_back() {
        let (old, new) = (session(1, 900), session(2, 1_061));
        let calls = |spared: &[Option<SessionRef>]| {
            let (mut entries, now) = (list(), Instant::now());
            for spared in spared {
                let spared = spared.map(|session| session.id());
                entries.add_user("alex", Timestamp::from_unix(1_060), spared, now);
            }
            [old, new].map(|session| entries.has(&session, "alex"))
        };
        let (of_old, of_new) = (Some(old), Some(new));
        assert_eq!(calls(&[of_old, of_old]), [false, true]);
        assert_eq!(calls(&[None, of_old]), [true, true]);
        assert_eq!(calls(&[None, of_old, of_old]), [true, true]);
        assert_eq!(calls(&[of_old, None, of_old]), [true, true]);
        assert_eq!(calls(&[of_old, of_new, of_old]), [true, true]);
        // It was issued after the first call.
        assert_eq!(calls(&[None, of_new]), [true, false]);
        assert_eq!(calls(&[None, None, of_new]), [true, true]);
    }

    #[test]
    fn l15_an_entry_lives_for_the_whole_life_of_its_session() {
        let (mut entries, now) = (list(), Instant::now());
        entries.add(&of(session(1, 5_000), "alex"), now);
        entries.forget(now + Duration::from_secs(99));
        assert!(entries.has(&session(1, 5_000), "alex"));
        entries.forget(now + Duration::from_secs(100));
        assert_eq!(entries.len(), 0);
    }

    #[test]
    fn k24_revoking_a_copy_spares_newer_generations() {
        let (mut entries, now) = (list(), Instant::now());
        let copy = of(session(1, 0), "alex").sparing_newer();
        let generation = |generation| {
            let session = session(1, 0);
            SessionRef::new(session.id(), generation, session.issued(), session.ends())
        };
        entries.add(&copy, now);
        assert!(entries.has(&generation(3), "alex"));
        assert!(!entries.has(&generation(4), "alex"));
        entries.add(&of(generation(4), "alex"), now);
        entries.add(&copy, now);
        assert!(
            entries.has(&generation(9), "alex"),
            "what was revoked stays so"
        );
    }

    #[test]
    fn d07_unbound_copies_are_revoked_and_one_users_bindings_evict_no_others() {
        let (mut entries, now) = (Entries::with_room_for(2 * MAX_OF_USER), Instant::now());
        entries.add(&of(session(0, 7), "haneul"), now);
        for number in 1..=MAX_OF_USER {
            let session = session(number, number as u64);
            entries.add(&of(session, "alex").sparing_bound(), now);
            assert!(entries.has(&session, "alex"));
            assert!(!entries.has(&session.bound(), "alex"));
        }
        // With one more in the life of an entry, the user signs in again everywhere.
        for number in MAX_OF_USER + 1..=3 * MAX_OF_USER {
            let session = session(number, number as u64);
            entries.add(&of(session, "alex").sparing_bound(), now);
            assert!(!entries.forget(now), "{number}");
        }
        assert!(entries.has(&session(1, 1).bound(), "alex"));
        assert!(entries.has(&session(0, 7), "haneul"));
        let (mut entries, now) = (list(), Instant::now());
        let ended = session(0, 0);
        entries.add(&of(ended, "alex"), now);
        entries.add(&of(ended, "alex").sparing_bound(), now);
        assert!(entries.has(&ended.bound(), "alex"), "it stays ended");
    }

    #[test]
    fn l18_one_users_many_sign_outs_are_one_entry_and_evict_no_others() {
        let (mut entries, now) = (Entries::with_room_for(2 * MAX_OF_USER), Instant::now());
        entries.add(&of(session(0, 7), "haneul"), now);
        for number in 1..=10 * MAX_OF_USER {
            entries.add(&of(session(number, number as u64), "alex"), now);
            assert!(!entries.forget(now), "{number}");
        }
        assert!(entries.len() <= MAX_OF_USER + 2, "{}", entries.len());
        assert!(entries.has(&session(0, 7), "haneul"));
        for number in [1, 2, MAX_OF_USER, MAX_OF_USER + 1, 10 * MAX_OF_USER] {
            assert!(
                entries.has(&session(number, number as u64), "alex"),
                "{number}"
            );
        }
        let another = session(usize::MAX, 10 * MAX_OF_USER as u64 + 1);
        assert!(!entries.has(&another, "alex"));
    }

    #[test]
    fn l18_an_eviction_before_its_time_is_said() {
        let (mut entries, now) = (Entries::with_room_for(2), Instant::now());
        let mut add = |number, user_id: &str| {
            entries.add(&of(session(number, 0), user_id), now);
            entries.forget(now)
        };
        assert_eq!(
            [add(1, "alex"), add(2, "jun"), add(3, "haneul")],
            [false, false, true]
        );
        assert!(!entries.has(&session(1, 0), "alex"), "the soonest first");
        assert!(
            !entries.forget(now + Duration::from_secs(100)),
            "it has expired"
        );
    }

    #[test]
    fn k23_a_request_of_another_session_waits_for_no_lock() {
        let list = Arc::new(RevocationList::default());
        list.change(|entries, now| {
            entries.add(&of(session(1, 0), "alex"), now);
            entries.add_user("jun", Timestamp::from_unix(9), None, now);
        });
        let held = list.entries();
        let (sender, answers) = mpsc::channel();
        let asked = Arc::clone(&list);
        thread::spawn(move || sender.send(has(&asked, &session(2, 0), "haneul")));
        assert_eq!(answers.recv_timeout(Duration::from_secs(30)), Ok(false));
        drop(held);
        assert!(has(&list, &session(1, 0), "alex") && has(&list, &session(3, 0), "jun"));
    }

    #[test]
    fn k23_a_revoked_session_stays_so_while_its_entry_is_replaced() {
        let list = RevocationList::default();
        let revoked = of(session(1, 5), "alex");
        list.change(|entries, now| entries.add(&revoked, now));
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for _ in 0..2_000 {
                    list.change(|entries, now| entries.add(&revoked, now));
                    list.change(|entries, now| {
                        entries.add_user("alex", Timestamp::from_unix(9), None, now);
                    });
                }
            });
            while !writer.is_finished() {
                assert!(has(&list, &session(1, 5), "alex"));
            }
        });
    }

    #[tokio::test(start_paused = true)]
    async fn k23_a_revoked_session_stays_revoked_until_it_would_have_been_over() {
        let list = RevocationList::default();
        let revoke = |number| {
            let revoked = of(session(number, 0), "alex");
            list.change(|entries, now| entries.add(&revoked, now));
        };
        let is_revoked = |number| has(&list, &session(number, 0), "alex");
        revoke(1);
        assert!(is_revoked(1) && !is_revoked(2));
        // It lives for a hundred seconds.
        for (seconds, expected) in [(99, true), (1, false)] {
            advance(Duration::from_secs(seconds)).await;
            revoke(3);
            assert_eq!(is_revoked(1), expected);
        }
    }
}
