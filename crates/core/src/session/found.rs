//! The judgement over the opened sessions of a request.
//!
//! Rules:
//! - A revoked session is never believed.
//! - If only the unbound copies of a session are revoked, such a copy is believed only beside its device cookie, or in the
//!   first moments of the session. Its cookie stays in any case: it may be the browser's own.
//! - If a newer generation of a session was shown more than a minute ago, the session is outdated: it is a copy from
//!   before a refresh. Its cookie stays, since a browser that sends it late may hold the newer one.
//! - If two different sessions are both believed, both are refused: the core can't tell which is the browser's own.
//! - If the store can't be asked, the session is not believed, and its cookie stays.
//! - The store is asked about one session of a request. If that one is refused, the request's other uncertain sessions
//!   are refused too. Otherwise, of two copies, the answer about one would admit the other.

use crate::session::refusal::SessionRefusal;
use crate::session::session_ref::SessionRef;
use crate::session::status::{RevocationStatus, StoreAnswer};
use crate::session::user::User;
use crate::values::timestamp::Timestamp;

/// The sessions of a request that open, before their revocation status is known.
#[must_use]
pub struct Opened {
    now: Timestamp,
    first: Option<Shown>,
    others: Vec<Shown>,
    refused: Option<SessionRefusal>,
    /// User data that was read before this time must be read again.
    read_since: Timestamp,
    /// Sessions without their device cookie.
    unproven: Vec<User>,
    /// Whether the store could not be asked about a session.
    is_unknown: bool,
}

/// An opened session, with the values that every check needs.
pub(crate) struct Shown {
    pub(crate) user: User,
    pub(crate) session: SessionRef,
    pub(crate) token_expires: Timestamp,
    /// Whether the session is bound to a device key that its cookie doesn't name yet.
    pub(crate) is_unsealed: bool,
    /// Whether it is an unbound copy of a bound session. It is believed beside its device cookie alone.
    pub(crate) is_former: bool,
}

/// The sessions of a request, as far as this instance knows them.
#[must_use]
pub enum Checked {
    /// The status of all sessions is known.
    Found(Found),
    /// The store must be asked about one session.
    Ask(Box<AskStore>),
}

/// A session that the store must be asked about.
#[must_use]
pub struct AskStore {
    opened: Opened,
    asked: Shown,
    asks_revoked: bool,
    /// Other sessions that the store would have to be asked about, and whether each may be revoked.
    others: Vec<(Shown, bool)>,
}

/// The judged sessions of a request.
#[must_use]
pub struct Found {
    pub(crate) verdict: Verdict,
    /// The opened sessions that are neither revoked nor outdated, and those without their device cookie.
    users: Opened,
}

/// The judgement over the session of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The session is believed.
    Live,
    /// The session may have been revoked. The store can't be asked.
    Unknown,
    /// The session is not believed.
    Refused(SessionRefusal),
    /// The request has no session.
    Absent,
}

impl Opened {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            first: None,
            others: Vec::new(),
            refused: None,
            read_since: Timestamp::default(),
            unproven: Vec::new(),
            is_unknown: false,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn add(&mut self, shown: Shown) {
        if self.first.is_none() {
            self.first = Some(shown);
        } else {
            self.others.push(shown);
        }
    }

    pub(crate) fn refuse(&mut self, refusal: SessionRefusal) {
        // If another instance may accept one of the cookies, all of them stay.
        if !self.refused.is_some_and(SessionRefusal::is_elsewhere) {
            self.refused = Some(refusal);
        }
    }

    /// Believes a session, as far as it can be without its device cookie.
    fn believe(&mut self, shown: Shown) {
        if shown.is_former {
            self.refuse_unproven(shown.user);
        } else {
            self.add(shown);
        }
    }

    /// Refuses a session that came without its device cookie.
    pub(crate) fn refuse_unproven(&mut self, user: User) {
        self.refuse(SessionRefusal::Unproven);
        self.unproven.push(user);
    }

    /// Checks the sessions. `status` says what this instance knows of a session, given its reference and its user's id.
    ///
    /// If an access token has expired, the store must be asked in any case: only such a session can be outdated.
    #[inline]
    pub fn check(self, status: impl Fn(&SessionRef, &str) -> RevocationStatus) -> Checked {
        if self.others.is_empty()
            && let Some(first) = &self.first
            && first.token_expires > self.now
            && status(&first.session, first.user.id()) == RevocationStatus::Live
        {
            let verdict = Verdict::Live;
            let users = self;
            return Checked::Found(Found { verdict, users });
        }
        self.check_all(&status)
    }

    fn check_all(mut self, status: &dyn Fn(&SessionRef, &str) -> RevocationStatus) -> Checked {
        let mut doubtful = Vec::new();
        let first = self.first.take();
        for mut shown in first.into_iter().chain(std::mem::take(&mut self.others)) {
            let mut known = status(&shown.session, shown.user.id());
            if known == RevocationStatus::Revoked {
                shown.is_former = true;
                known = bound_since(&shown, status);
            }
            if let RevocationStatus::ReadUser(read_since) = known {
                self.read_since = read_since;
                known = RevocationStatus::Live;
            }
            match known {
                RevocationStatus::Revoked => self.refuse(SessionRefusal::Revoked),
                RevocationStatus::Live if shown.token_expires > self.now => self.believe(shown),
                RevocationStatus::Live if !shown.is_former => doubtful.push((shown, false)),
                _ => doubtful.push((shown, true)),
            }
        }
        match doubtful.pop() {
            None => Checked::Found(self.found()),
            Some((asked, asks_revoked)) => Checked::Ask(Box::new(AskStore {
                opened: self,
                asked,
                asks_revoked,
                others: doubtful,
            })),
        }
    }

    fn found(self) -> Found {
        Found {
            verdict: self.verdict(),
            users: self,
        }
    }

    fn verdict(&self) -> Verdict {
        let first = self.first.as_ref().map(|first| first.session);
        let others = &mut self.others.iter();
        match (first, self.refused) {
            (Some(first), _) if others.any(|other| other.session != first) => {
                Verdict::Refused(SessionRefusal::Conflicting)
            }
            _ if self.is_unknown => Verdict::Unknown,
            (Some(_), _) => Verdict::Live,
            (None, Some(refusal)) => Verdict::Refused(refusal),
            (None, None) => Verdict::Absent,
        }
    }
}

/// The status of the bound copies of a session whose copy is revoked. It is revoked as well if that is not due to the
/// binding.
fn bound_since(
    shown: &Shown,
    status: &dyn Fn(&SessionRef, &str) -> RevocationStatus,
) -> RevocationStatus {
    let (newest, user_id) = (shown.session.newest(), shown.user.id());
    match status(&newest.unbound(), user_id) {
        RevocationStatus::Revoked => status(&newest.bound(), user_id),
        _ => RevocationStatus::Revoked,
    }
}

impl AskStore {
    /// The session to ask about.
    #[must_use]
    pub fn session(&self) -> SessionRef {
        self.asked.session
    }

    /// The id of its user.
    #[must_use]
    pub fn user_id(&self) -> &str {
        self.asked.user.id()
    }

    /// Whether it is an unbound copy of a bound session, as this instance knows.
    #[must_use]
    pub fn is_former(&self) -> bool {
        self.asked.is_former
    }

    /// Whether to ask if it was revoked.
    #[must_use]
    pub fn asks_revoked(&self) -> bool {
        self.asks_revoked
    }

    /// Whether to ask if it is outdated.
    #[must_use]
    pub fn asks_outdated(&self) -> bool {
        self.asked.token_expires <= self.opened.now
    }

    /// Goes on with the store's answer.
    pub fn answered(self, answer: StoreAnswer) -> Found {
        let Self {
            mut opened,
            asked,
            others,
            ..
        } = self;
        let mut answer = answer;
        if let StoreAnswer::ReadUser(since) | StoreAnswer::BoundSince(Some(since)) = answer {
            opened.read_since = since;
        }
        if let StoreAnswer::ReadUser(_) = answer {
            answer = StoreAnswer::Live;
        }
        opened.is_unknown = answer == StoreAnswer::Unknown;
        for (other, asks_revoked) in others {
            match answer {
                StoreAnswer::Live => opened.believe(other),
                // A sign-out ends it.
                StoreAnswer::Unknown if asks_revoked => opened.believe(other),
                _ => opened.refuse(SessionRefusal::Outdated),
            }
        }
        match answer {
            StoreAnswer::Revoked => opened.refuse(SessionRefusal::Revoked),
            StoreAnswer::BoundSince(_) => opened.refuse_unproven(asked.user),
            StoreAnswer::Outdated => opened.refuse(SessionRefusal::Outdated),
            // A setting of the application may have taken the place of the store's answer.
            _ => opened.believe(asked),
        }
        opened.found()
    }
}

impl Found {
    /// Whether the browser keeps session cookies: it sent one that opens, revoked or not. A session that is over does
    /// not count, since a wrong clock may have made it over from the start.
    pub(crate) fn sticks(&self) -> bool {
        match self.verdict {
            Verdict::Live | Verdict::Unknown => true,
            Verdict::Refused(refusal) => matches!(
                refusal,
                SessionRefusal::Conflicting
                    | SessionRefusal::Revoked
                    | SessionRefusal::Outdated
                    | SessionRefusal::Unproven
            ),
            Verdict::Absent => false,
        }
    }

    /// The time since which the user data must have been read.
    pub(crate) fn read_since(&self) -> Timestamp {
        self.users.read_since
    }

    /// Whether the session is bound to a device key that its cookie doesn't name yet.
    pub(crate) fn is_unsealed(&self) -> bool {
        let first = self.users.first.as_ref();
        first.is_some_and(|first| first.is_unsealed)
    }

    pub(crate) fn is_live(&self) -> bool {
        self.verdict == Verdict::Live
    }

    /// The user of a session that is believed.
    pub(crate) fn user(&self) -> Option<&User> {
        let first = self.users.first.as_ref();
        first.filter(|_| self.is_live()).map(|shown| &shown.user)
    }

    /// The user of a session that is believed, or else the judged sessions.
    pub(crate) fn into_live(mut self) -> Result<User, Self> {
        match self.users.first.take() {
            Some(live) if self.verdict == Verdict::Live => Ok(live.user),
            first => {
                self.users.first = first;
                Err(self)
            }
        }
    }

    /// The user of a session that is believed.
    pub(crate) fn into_user(self) -> Option<User> {
        self.into_live().ok()
    }

    /// Looks for the device cookies of unbound copies, if there is no other session. `bound` returns the user of the
    /// bound session, if the browser has proved the key.
    pub(crate) fn look_for_bindings(&mut self, bound: impl Fn(&User) -> Option<User>) {
        let users = &mut self.users;
        if users.first.is_some() || users.unproven.is_empty() {
            return;
        }
        for user in std::mem::take(&mut users.unproven) {
            match bound(&user) {
                Some(user) => users.add(Shown {
                    session: user.session(),
                    token_expires: user.terms().token_expires,
                    user,
                    is_unsealed: true,
                    is_former: false,
                }),
                None => users.unproven.push(user),
            }
        }
        self.verdict = users.verdict();
    }

    /// All opened sessions that were not revoked, believed or not. A sign-out ends them. Of the sessions without their
    /// device cookie, it ends those whose cookie names the key: the others may be copies from before.
    pub(crate) fn into_all(self) -> impl Iterator<Item = User> {
        let Opened {
            first,
            others,
            unproven,
            ..
        } = self.users;
        let shown = first.into_iter().chain(others).map(|shown| shown.user);
        shown.chain(unproven.into_iter().filter(User::is_device_bound))
    }

    /// The first opened session that was not revoked, believed or not.
    pub(crate) fn first(&self) -> Option<&User> {
        let first = self.users.first.as_ref().map(|shown| &shown.user);
        first.or_else(|| self.unproven().find(|user| user.is_device_bound()))
    }

    /// Whether any opened session was not revoked.
    pub(crate) fn is_any(&self) -> bool {
        self.first().is_some()
    }

    /// The sessions without their device cookie.
    pub(crate) fn unproven(&self) -> impl Iterator<Item = &User> {
        self.users.unproven.iter()
    }
}
