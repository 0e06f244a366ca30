//! Who was signed out: what this instance knows of the log that all of them write.
//!
//! Rules:
//! - A request is answered from memory and waits for nothing.
//! - What was ended stays so until no cookie can live any more, by a clock that nobody sets.
//! - Memory is bounded, and so is the log: a user with too many ended sessions has one entry for all of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use fncy_login::store::{Known, SessionRef};
use tokio::time::Instant;

use crate::names::{Name, Owner, UserHash, hash_of, owner_of};

/// Between two looks for what is needed no longer.
const SWEEP: Duration = Duration::from_secs(60);
/// The contract's limit is five seconds; the log is read every second.
const STALE_AFTER: u64 = 4_500;
/// Sessions of one user that are remembered by themselves.
const MAX_OF_USER: usize = 1_000;
/// Names in the log: four hundred megabytes there, and half of that here.
pub(crate) const MAX_LOG: usize = 1_000_000;
/// Twice the skew of clocks that is accepted: a user's end reaches that much ahead, and the instance that
/// begins a session may be as much behind. Seconds.
const DOUBTFUL: u64 = 120;

/// What was ended, as far as it is known here.
pub(crate) struct Ended {
    known: RwLock<State>,
    began: Instant,
    /// When the log was last read to its end: milliseconds after `began`, and one. Zero: never.
    heard: AtomicU64,
}

struct State {
    sessions: HashMap<[u8; 16], Session>,
    of_users: HashMap<Owner, Vec<[u8; 16]>>,
    users: HashMap<UserHash, Until>,
    begun: HashMap<[u8; 16], Until>,
    /// When what is needed no longer was last dropped.
    swept: Instant,
}

struct Session {
    owner: Owner,
    issued: u64,
    up_to: u32,
    until: Instant,
}

/// A time, in Unix seconds, and until when that is needed.
#[derive(Clone, Copy)]
struct Until {
    at: u64,
    until: Instant,
}

/// An end, or what is no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct End {
    pub(crate) name: Name,
    /// Until when it is needed.
    pub(crate) until: Instant,
}

impl Ended {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self {
            known: RwLock::new(State {
                sessions: HashMap::new(),
                of_users: HashMap::new(),
                users: HashMap::new(),
                begun: HashMap::new(),
                swept: now,
            }),
            began: now,
            heard: AtomicU64::new(0),
        }
    }

    pub(crate) fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        match self.read().has(session, user_id) {
            Some(Certainty::Sure) => Known::Ended,
            // It may have begun since, on an instance that has just said so.
            Some(Certainty::UnlessBegun) => Known::Ask,
            None if self.is_current() => Known::Live,
            None => Known::Ask,
        }
    }

    /// The same once the log was read to its end.
    pub(crate) fn has(&self, session: &SessionRef, user_id: &str) -> bool {
        self.read().has(session, user_id).is_some()
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

    /// Says what is needed no longer because of it.
    pub(crate) fn add(&self, end: End) -> Vec<Name> {
        self.write().add(end)
    }

    /// The end of all sessions of a user that has too many ended ones, up to the newest of them.
    pub(crate) fn crowd(&self, hash: UserHash) -> Option<Name> {
        let state = self.read();
        let ids = state.of_users.get(&owner_of(&hash))?;
        if ids.len() <= MAX_OF_USER {
            return None;
        }
        let sessions = ids.iter().filter_map(|id| state.sessions.get(id));
        let at = sessions.map(|session| session.issued).max()?;
        Some(Name::User { hash, at })
    }

    /// A user's end that a session would be over by which begins now.
    pub(crate) fn begins_after(&self, session: &SessionRef, user_id: &str) -> Option<u64> {
        self.read().ends_with_user(session, user_id)
    }

    /// When the end of a user's sessions is the later of two.
    pub(crate) fn later(&self, hash: UserHash, at: u64) -> u64 {
        let state = self.read();
        let before = state.users.get(&hash);
        before.map_or(at, |before| at.max(before.at + 1))
    }

    /// The log was read to its end.
    pub(crate) fn heard(&self, asked: Instant) {
        let now = Instant::now();
        let mut state = self.write();
        if now >= state.swept + SWEEP {
            state.sweep(now, MAX_LOG);
        }
        drop(state);
        // What was ended while the answer was on its way may be missing from it.
        let since = asked.saturating_duration_since(self.began).as_millis();
        let since = u64::try_from(since).unwrap_or(u64::MAX - 1) + 1;
        self.heard.store(since, Ordering::Release);
    }

    /// All of it.
    pub(crate) fn all(&self) -> Vec<End> {
        let state = self.read();
        let sessions = state.sessions.iter().map(|(id, session)| End {
            name: session.name(*id),
            until: session.until,
        });
        let users = state.users.iter().map(|(&hash, &Until { at, until })| End {
            name: Name::User { hash, at },
            until,
        });
        let begun = state.begun.iter().map(|(&id, &Until { at, until })| End {
            name: Name::Begun { id, at },
            until,
        });
        sessions.chain(users).chain(begun).collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How sure it is that a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    Sure,
    /// All of its user's are, but for those that have begun since.
    UnlessBegun,
}

impl State {
    fn has(&self, session: &SessionRef, user_id: &str) -> Option<Certainty> {
        let ended = self.sessions.get(&session.id);
        if ended.is_some_and(|ended| session.generation <= ended.up_to) {
            return Some(Certainty::Sure);
        }
        let at = self.ends_with_user(session, user_id)?;
        let begun = self.begun.get(&session.id);
        if begun.is_some_and(|begun| begun.at >= at) {
            None
        } else if session.issued.as_unix() + DOUBTFUL > at {
            Some(Certainty::UnlessBegun)
        } else {
            Some(Certainty::Sure)
        }
    }

    fn ends_with_user(&self, session: &SessionRef, user_id: &str) -> Option<u64> {
        if self.users.is_empty() {
            return None;
        }
        let end = self.users.get(&hash_of(user_id))?;
        (session.issued.as_unix() <= end.at).then_some(end.at)
    }

    fn add(&mut self, End { name, until }: End) -> Vec<Name> {
        match name {
            Name::Session {
                id,
                owner,
                issued,
                up_to,
            } => {
                if up_to == u32::MAX {
                    self.begun.remove(&id);
                }
                if let Some(session) = self.sessions.get_mut(&id) {
                    let before = session.name(id);
                    session.up_to = session.up_to.max(up_to);
                    session.until = session.until.max(until);
                    let is_same = before == session.name(id);
                    return if is_same { Vec::new() } else { vec![before] };
                }
                let session = Session {
                    owner,
                    issued,
                    up_to,
                    until,
                };
                self.sessions.insert(id, session);
                self.of_users.entry(owner).or_default().push(id);
                Vec::new()
            }
            Name::User { hash, at } => {
                let mut dropped = self.drop_sessions(owner_of(&hash), at);
                let before = self.users.insert(hash, Until { at, until });
                let before = before.filter(|before| before.at != at);
                match before {
                    Some(before) if before.at > at => {
                        self.users.insert(hash, before);
                        dropped.push(name);
                    }
                    Some(Until { at, .. }) => dropped.push(Name::User { hash, at }),
                    None => {}
                }
                dropped
            }
            Name::Begun { id, at } => {
                let begun = self.begun.entry(id).or_insert(Until { at, until });
                begun.at = begun.at.max(at);
                Vec::new()
            }
        }
    }

    /// What a user's end says of sessions need not be said of each.
    fn drop_sessions(&mut self, owner: Owner, at: u64) -> Vec<Name> {
        let Some(ids) = self.of_users.remove(&owner) else {
            return Vec::new();
        };
        let (gone, rest): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| {
            let session = self.sessions.get(id);
            session.is_some_and(|session| session.issued <= at)
        });
        if !rest.is_empty() {
            self.of_users.insert(owner, rest);
        }
        let dropped = gone.into_iter().filter_map(|id| {
            self.begun.remove(&id);
            Some(self.sessions.remove(&id)?.name(id))
        });
        dropped.collect()
    }

    /// Drops what is needed no longer, and what is more than the log has room for: the soonest first.
    fn sweep(&mut self, now: Instant, max: usize) {
        self.swept = now;
        let before = self.sessions.len();
        self.sessions.retain(|_, session| session.until > now);
        self.users.retain(|_, user| user.until > now);
        self.begun.retain(|_, begun| begun.until > now);
        let excess = self.sessions.len().saturating_sub(max);
        if excess > 0 {
            let mut times: Vec<_> = self
                .sessions
                .values()
                .map(|session| session.until)
                .collect();
            let (_, &mut kept, _) = times.select_nth_unstable(excess);
            self.sessions.retain(|_, session| session.until >= kept);
        }
        if self.sessions.len() < before {
            self.of_users.retain(|_, ids| {
                ids.retain(|id| self.sessions.contains_key(id));
                !ids.is_empty()
            });
        }
    }
}

impl Session {
    fn name(&self, id: [u8; 16]) -> Name {
        Name::Session {
            id,
            owner: self.owner,
            issued: self.issued,
            up_to: self.up_to,
        }
    }
}

#[cfg(test)]
#[path = "ended_tests.rs"]
mod tests;
