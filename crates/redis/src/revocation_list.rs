//! The revocation list of one instance: what it has read of the log, and written to it.
//!
//! Rules:
//! - A request is answered from memory. It takes the lock only if its session is probably in the list, or if its
//!   user may have an entry.
//! - Requests see a new user entry before the entries that it replaces are dropped.
//! - An entry stays until no cookie of its session can live any more, by a monotonic clock.
//! - Memory and log are bounded. A user with too many revoked sessions has one entry for all of them.

mod entries;
mod finding;
mod unlisted;

use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{CountingFilter, RevocationStatus, RevokedSession, SessionId, SessionRef};
use tokio::time::Instant;

use crate::log_entry::{LogEntry, Owner, UserHash, hash_of, owner_of};
use crate::revocation_list::entries::{Began, Read, Session, User};
use crate::revocation_list::finding::Finding;
use crate::revocation_list::unlisted::Unlisted;

/// Between two searches for expired entries.
const SWEEP: Duration = Duration::from_secs(60);
/// The contract's limit is five seconds; the log is read every second.
const STALE_AFTER: u64 = 4_500;
/// The sessions of one user that have an entry each.
const MAX_OF_USER: usize = 1_000;
/// Entries in the log: four hundred megabytes there, and half of that here.
pub(crate) const MAX_LOG: usize = 1_000_000;
/// How many seconds calls that spare a session add at most, so that no session pushes its user's entry ahead for hours.
const MAX_AHEAD: u64 = 60;
/// Twice the accepted skew of clocks, in seconds, and what calls add. A user's entry reaches one skew ahead, and the
/// instance that begins a session may be one behind.
const SKEWS: u64 = 120 + MAX_AHEAD;

pub(crate) struct RevocationList {
    state: RwLock<State>,
    /// The revoked sessions, for requests.
    sessions: CountingFilter,
    unlisted: Arc<Unlisted>,
    created: Instant,
    /// When the last complete reading of the log began: milliseconds after `created`, plus one. Zero: never.
    read: AtomicU64,
}

struct State {
    sessions: HashMap<SessionId, Session>,
    of_users: BTreeSet<(Owner, SessionId)>,
    users: HashMap<UserHash, User>,
    began: HashMap<SessionId, Began>,
    /// Users who must be read again.
    reads: HashMap<UserHash, Read>,
    /// The revoked sessions, and the users without an entry, for requests.
    filter: CountingFilter,
    unlisted: Arc<Unlisted>,
    /// When expired entries were last dropped.
    swept: Instant,
}

/// An entry of the log, and when it expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Revocation {
    pub(crate) entry: LogEntry,
    pub(crate) expires: Instant,
}

impl RevocationList {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        let (sessions, unlisted) = (CountingFilter::new(), Arc::new(Unlisted::new()));
        Self {
            state: RwLock::new(State {
                sessions: HashMap::new(),
                of_users: BTreeSet::new(),
                users: HashMap::new(),
                began: HashMap::new(),
                reads: HashMap::new(),
                filter: sessions.clone(),
                unlisted: Arc::clone(&unlisted),
                swept: now,
            }),
            sessions,
            unlisted,
            created: now,
            read: AtomicU64::new(0),
        }
    }

    pub(crate) fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        match self.find(session, user_id) {
            Finding::Revoked => RevocationStatus::Revoked,
            // Another instance may have written a moment ago that the session began since.
            Finding::RevokedUnlessBegan => RevocationStatus::RevokedUnlessNew,
            _ if !self.is_current() => RevocationStatus::Ask,
            Finding::ReadUser(since) => RevocationStatus::ReadUser(since),
            Finding::Absent => RevocationStatus::Live,
        }
    }

    /// The number of revoked sessions and users.
    pub(crate) fn len(&self) -> usize {
        let state = self.state();
        state.sessions.len() + state.users.len()
    }

    /// Whether a session is revoked, for a caller that has just read the log.
    pub(crate) fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        let found = self.find(session, user_id);
        matches!(found, Finding::Revoked | Finding::RevokedUnlessBegan)
    }

    /// The time since which a user must have been read.
    pub(crate) fn read_since(&self, user_id: &str) -> Option<Timestamp> {
        let state = self.state();
        let read = state.reads.get(&hash_of(user_id));
        read.map(|read| Timestamp::from_unix(read.since))
    }

    fn find(&self, session: &SessionRef, user_id: &str) -> Finding {
        // The session comes first: a user's entry is known before it replaces those of the user's sessions.
        let may_be_revoked = self.sessions.may_have(session.bits());
        let mark = self.unlisted.mark(user_id);
        if !may_be_revoked && self.unlisted.has(mark) {
            return Finding::Absent;
        }
        let hash = hash_of(user_id);
        let state = self.state();
        let (user, read) = (state.users.get(&hash), state.reads.get(&hash));
        if user.is_none() && read.is_none() {
            self.unlisted.note(mark);
        }
        match (state.find(session, user), read) {
            (Finding::Absent, Some(read)) => Finding::ReadUser(Timestamp::from_unix(read.since)),
            (found, _) => found,
        }
    }

    /// Whether the log was read within the last seconds.
    pub(crate) fn is_current(&self) -> bool {
        match self.read.load(Ordering::Acquire) {
            0 => false,
            read => self.elapsed(Instant::now()) - read <= STALE_AFTER,
        }
    }

    /// Milliseconds from the creation to this time, plus one.
    fn elapsed(&self, time: Instant) -> u64 {
        let elapsed = time.saturating_duration_since(self.created).as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX - 1) + 1
    }

    /// Adds an entry, and returns those that it makes needless.
    pub(crate) fn add(&self, revocation: Revocation) -> Vec<LogEntry> {
        self.state_mut().add(revocation)
    }

    /// One entry for all revoked sessions of a user, up to the newest of them, if there are too many.
    pub(crate) fn crowd(&self, hash: UserHash) -> Option<LogEntry> {
        let state = self.state();
        let of_user = state.of_users.range(of(owner_of(&hash)));
        if of_user.clone().count() <= MAX_OF_USER {
            return None;
        }
        let sessions = of_user.filter_map(|(_, id)| state.sessions.get(id));
        let until = sessions.map(|session| session.issued).max()?;
        Some(LogEntry::User {
            hash,
            until,
            spared: None,
            reached: 0,
        })
    }

    /// The time of a user's entry, if it reaches this session.
    pub(crate) fn revoked_with_user(&self, session: &SessionRef, user_id: &str) -> Option<u64> {
        let state = self.state();
        let user = state.users.get(&hash_of(user_id))?;
        user.reaches(session)
    }

    /// The user's next entry, which replaces the one before and is later.
    pub(crate) fn next(&self, hash: UserHash, until: u64, spared: Option<SessionId>) -> LogEntry {
        let max = spared.map_or(u64::MAX, |_| until + MAX_AHEAD);
        let next = |until| User {
            until,
            spared,
            reached: 0,
            expires: Instant::now(),
        };
        let user = match self.state().users.get(&hash) {
            Some(before) => before.and(next(until.max(max.min(before.until + 1)))),
            None => next(until),
        };
        user.entry(hash)
    }

    /// The time for an entry that has a user read again: later than that of the one before.
    pub(crate) fn later_read(&self, hash: UserHash, since: u64) -> u64 {
        let state = self.state();
        let before = state.reads.get(&hash);
        before.map_or(since, |before| since.max(before.since + 1))
    }

    /// Notes a complete reading of the log. Entries that were written after it began may be missing from it.
    pub(crate) fn was_read(&self, asked: Instant) {
        let now = Instant::now();
        let mut state = self.state_mut();
        if now >= state.swept + SWEEP {
            state.sweep(now, MAX_LOG);
        }
        drop(state);
        self.read.store(self.elapsed(asked), Ordering::Release);
    }

    /// All entries.
    pub(crate) fn all(&self) -> Vec<Revocation> {
        let state = self.state();
        let sessions = state.sessions.iter().map(|(&id, session)| Revocation {
            entry: session.entry(id),
            expires: session.expires,
        });
        let users = state.users.iter().map(|(&hash, user)| Revocation {
            entry: user.entry(hash),
            expires: user.expires,
        });
        let began = state.began.iter().map(|(&id, began)| Revocation {
            entry: LogEntry::Began {
                id,
                until: began.until,
            },
            expires: began.expires,
        });
        let reads = state.reads.iter().map(|(&hash, read)| Revocation {
            entry: LogEntry::Read {
                hash,
                since: read.since,
            },
            expires: read.expires,
        });
        let users = users.chain(reads);
        sessions.chain(users).chain(began).collect()
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a session is revoked. `user` is the entry of its user.
    fn find(&self, session: &SessionRef, user: Option<&User>) -> Finding {
        let revoked = self.sessions.get(&session.id());
        if revoked.is_some_and(|revoked| session.rank() <= revoked.up_to) {
            return Finding::Revoked;
        }
        let Some(until) = user.and_then(|user| user.reaches(session)) else {
            return Finding::Absent;
        };
        let began = self.began.get(&session.id());
        if began.is_some_and(|began| began.until >= until) {
            Finding::Absent
        } else if session.issued().as_unix() + SKEWS > until {
            Finding::RevokedUnlessBegan
        } else {
            Finding::Revoked
        }
    }

    fn add(&mut self, Revocation { entry, expires }: Revocation) -> Vec<LogEntry> {
        match entry {
            LogEntry::Session {
                id,
                owner,
                issued,
                up_to,
            } => {
                if up_to == RevokedSession::ALL {
                    self.began.remove(&id);
                }
                let (filter, mut before) = (&self.filter, None);
                let known = self.sessions.entry(id);
                let known = known.and_modify(|session| before = Some(session.entry(id)));
                let session = known.or_insert_with(|| Session::new(filter, id, owner, issued));
                session.raise(filter, id, up_to, expires);
                let now = session.entry(id);
                self.of_users.insert((owner, id));
                Vec::from_iter(before.filter(|before| *before != now))
            }
            LogEntry::User {
                hash,
                until,
                spared,
                reached,
            } => {
                let new = User {
                    until,
                    spared,
                    reached,
                    expires,
                };
                let before = self.users.get(&hash).copied();
                let user = before.map_or(new, |before| before.and(new));
                self.users.insert(hash, user);
                self.unlisted.forget();
                let mut needless = self.drop_sessions(owner_of(&hash), user);
                // An entry that adds nothing, or the one that is a part of the new one.
                let before = before.map(|before| before.entry(hash));
                let (other, both) = (before.filter(|before| *before != entry), user.entry(hash));
                needless.extend(other.filter(|_| both == entry));
                needless.extend(other.filter(|before| *before == both).map(|_| entry));
                needless
            }
            LogEntry::Began { id, until } => {
                let began = self.began.entry(id).or_insert(Began { until, expires });
                began.until = began.until.max(until);
                Vec::new()
            }
            LogEntry::Read { hash, since } => {
                let before = self.reads.get(&hash).copied();
                if before.is_some_and(|before| before.since > since) {
                    return vec![entry];
                }
                self.reads.insert(hash, Read { since, expires });
                self.unlisted.forget();
                let before = before.filter(|before| before.since < since);
                let needless = before.map(|Read { since, .. }| LogEntry::Read { hash, since });
                needless.into_iter().collect()
            }
        }
    }

    /// Drops the sessions that a user's entry reaches. If the spared session, or one that is exempt, was revoked itself, its
    /// entry stays.
    fn drop_sessions(&mut self, owner: Owner, user: User) -> Vec<LogEntry> {
        let of_user = self.of_users.range(of(owner));
        let reached = of_user.filter(|(_, id)| {
            let session = self.sessions.get(id);
            let is_exempt = self
                .began
                .get(id)
                .is_some_and(|began| began.until >= user.until);
            user.spared != Some(*id)
                && !is_exempt
                && session.is_some_and(|session| session.issued <= user.until)
        });
        let gone: Vec<SessionId> = reached.map(|(_, id)| *id).collect();
        let dropped = gone.into_iter().filter_map(|id| {
            self.of_users.remove(&(owner, id));
            self.began.remove(&id);
            Some(self.sessions.remove(&id)?.entry(id))
        });
        dropped.collect()
    }

    /// Drops what has expired, and what is more than the log has room for: the soonest first.
    fn sweep(&mut self, now: Instant, max: usize) {
        self.swept = now;
        let before = self.sessions.len();
        self.sessions.retain(|_, session| session.expires > now);
        self.users.retain(|_, user| user.expires > now);
        self.began.retain(|_, began| began.expires > now);
        self.reads.retain(|_, read| read.expires > now);
        let excess = self.sessions.len().saturating_sub(max);
        if excess > 0 {
            let times = self.sessions.values().map(|session| session.expires);
            let mut times: Vec<_> = times.collect();
            let (_, &mut kept, _) = times.select_nth_unstable(excess);
            self.sessions.retain(|_, session| session.expires >= kept);
        }
        if self.sessions.len() < before {
            let sessions = &self.sessions;
            self.of_users.retain(|(_, id)| sessions.contains_key(id));
        }
    }
}

/// The entries of a user's sessions.
fn of(owner: Owner) -> RangeInclusive<(Owner, SessionId)> {
    let [first, last] = [0, u8::MAX].map(|byte| SessionId::from_bytes([byte; 16]));
    (owner, first)..=(owner, last)
}

#[cfg(test)]
mod tests;
