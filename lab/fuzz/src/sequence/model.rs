//! What must be true of sessions, known from outside: from sign-ins, sign-outs and cookies.

use std::collections::HashMap;

use fncy_login::User;
use fncy_login::store::SessionId;

/// A week, less what a session may be older than the model thinks. Seconds.
const SURELY_LIVES: u64 = 6 * 86_400;
/// A day, less what a session is not rolled for, and some. Seconds.
const SURELY_IN_USE: u64 = 20 * 3_600;
/// An hour, less the leeway, and some: no token is refreshed before. Seconds.
const SURELY_FRESH: u64 = 3_000;

/// All sessions that there ever were.
#[derive(Default)]
pub(crate) struct Model {
    sessions: HashMap<SessionId, Session>,
    /// Whose each value is that a session's cookie ever had.
    values: HashMap<String, (SessionId, u32)>,
}

struct Session {
    user: String,
    issued: u64,
    used: u64,
    generation: u32,
    /// No cookie of this generation or an older one is anybody's. The sign-out of an older cookie says nothing of
    /// newer ones: it may be a copy from before a refresh.
    ended_up_to: Option<u32>,
    is_usual: bool,
}

impl Model {
    /// Somebody has signed in: who it must be, and who the cookie says it is. Says whether the
    /// session is a new one.
    pub(crate) fn signed_in(
        &mut self,
        value: &str,
        user: &User,
        expected: &str,
        now: u64,
        is_usual: bool,
    ) -> bool {
        let session = user.session();
        let value = (value.to_owned(), (session.id(), session.generation()));
        self.values.extend([value]);
        if let Some(known) = self.sessions.get(&session.id()) {
            assert_eq!(known.user, user.id(), "a session is somebody else's now");
            return false;
        }
        assert_eq!(user.id(), expected, "signed in as somebody else");
        let new = Session {
            user: expected.to_owned(),
            issued: now,
            used: now,
            generation: session.generation(),
            ended_up_to: None,
            is_usual,
        };
        self.sessions.insert(session.id(), new);
        true
    }

    /// The session whose cookie has this value is over.
    pub(crate) fn ended(&mut self, value: Option<&str>) {
        if let Some((id, generation)) = value.and_then(|value| self.values.get(value)) {
            let session = self.sessions.get_mut(id).unwrap();
            let is_newest = *generation == session.generation;
            let up_to = if is_newest { u32::MAX } else { *generation };
            session.ended_up_to = session.ended_up_to.max(Some(up_to));
        }
    }

    /// Whether the session whose cookie has this value is over.
    pub(crate) fn has_ended(&self, value: &str) -> bool {
        let session = self.values.get(value);
        session.is_some_and(|(id, generation)| {
            let up_to = self.sessions[id].ended_up_to;
            up_to.is_some_and(|up_to| *generation <= up_to)
        })
    }

    /// The application sees this user, by a cookie with this value.
    pub(crate) fn admitted(&mut self, value: Option<&str>, user: &User, now: u64) {
        let found = user.session();
        let value = value.expect("somebody is signed in without a cookie");
        assert!(!self.has_ended(value), "who was signed out is signed in");
        let (id, _) = self.values[value];
        assert_eq!(id, found.id(), "the cookie is another session's");
        let session = self.sessions.get_mut(&id).unwrap();
        assert_eq!(session.user, user.id(), "a session is somebody else's now");
        session.generation = session.generation.max(found.generation());
        session.used = now;
    }

    /// The browser is given a new cookie for the session that it has.
    pub(crate) fn replaced(&mut self, before: Option<&str>, value: &str, generation: Option<u32>) {
        let before = before.expect("a cookie for nobody");
        assert!(
            !self.has_ended(before),
            "a session that has ended is given back"
        );
        let (id, known) = self.values[before];
        let generation = generation.unwrap_or(known + 1);
        let session = self.sessions.get_mut(&id).unwrap();
        session.generation = session.generation.max(generation);
        self.values.insert(value.to_owned(), (id, generation));
    }

    /// Whether there is no reason at all not to admit this cookie.
    pub(crate) fn must_admit(&self, value: Option<&str>, now: u64, was_always_well: bool) -> bool {
        let Some((id, generation)) = value.and_then(|value| self.values.get(value)) else {
            return false;
        };
        let session = &self.sessions[id];
        let is_fresh = session.is_usual && *generation == 0 && now < session.issued + SURELY_FRESH;
        let is_in_use = now < session.used + SURELY_IN_USE && now < session.issued + SURELY_LIVES;
        let is_newest = *generation == session.generation;
        session.ended_up_to.is_none() && (is_fresh || was_always_well && is_newest && is_in_use)
    }
}
