//! Which of the opened sessions is believed.
//!
//! Rules:
//! - A revoked session is dead, whatever its cookie says.
//! - A session whose newer generation was shown a minute ago is outdated: it is a copy from before a refresh. Its cookie
//!   stays, since the browser that sends it late may hold the newer one.
//! - Two different sessions that are both believed are refused: nothing says which one is the browser's own.
//! - If the store can't be asked, the session is not believed, and its cookie stays.
//! - The store is asked about one session of a request. If that one falls, no other in doubt takes its place: of two
//!   copies, the answer to one would make the other the user.

use crate::session::refusal::SessionRefusal;
use crate::session::session_ref::SessionRef;
use crate::session::user::User;
use crate::values::timestamp::Timestamp;

/// The sessions of a request that open, before their revocation status is known.
#[must_use]
pub struct Opened {
    now: Timestamp,
    first: Option<Shown>,
    others: Vec<Shown>,
    refused: Option<SessionRefusal>,
}

/// A session that opens, with what is asked of every one.
pub(crate) struct Shown {
    pub(crate) user: User,
    pub(crate) session: SessionRef,
    pub(crate) token_expires: Timestamp,
}

/// The status of a session, as one instance knows it without asking the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// It was not revoked, as of at most five seconds ago.
    Live,
    /// It was revoked.
    Revoked,
    /// This instance doesn't know, so the store must be asked.
    Ask,
}

/// What the store answers about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreAnswer {
    /// It was not revoked, and no newer generation was shown a minute ago.
    Live,
    /// It was revoked.
    Revoked,
    /// A newer generation of it was shown more than a minute ago.
    Outdated,
    /// The store can't be asked.
    Unknown,
}

/// The sessions of a request, as far as this instance knows them.
#[must_use]
pub enum Checked {
    /// All is known.
    Found(Found),
    /// The store must be asked about one of them.
    Ask(Box<AskStore>),
}

/// A session that the store must be asked about.
#[must_use]
pub struct AskStore {
    opened: Opened,
    asked: Shown,
    asks_revoked: bool,
    /// Other sessions of the request that the store would have to be asked about.
    others: Vec<Shown>,
}

/// What a request's cookies say of its session.
#[must_use]
pub struct Found {
    pub(crate) verdict: Verdict,
    /// The sessions that open and are neither revoked nor outdated.
    users: Opened,
}

/// What becomes of the session of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is believed.
    Live,
    /// It may have been revoked: the store can't be asked.
    Unknown,
    /// It is not believed.
    Refused(SessionRefusal),
    /// The request has none.
    Absent,
}

impl Opened {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            first: None,
            others: Vec::new(),
            refused: None,
        }
    }

    pub(crate) fn add(&mut self, shown: Shown) {
        if self.first.is_none() {
            self.first = Some(shown);
        } else {
            self.others.push(shown);
        }
    }

    pub(crate) fn refuse(&mut self, refusal: SessionRefusal) {
        // A cookie that another instance may know stays, whatever else is there.
        if self.refused != Some(SessionRefusal::Foreign) {
            self.refused = Some(refusal);
        }
    }

    /// Checks the sessions by what this instance knows of each: of its reference and its user's id.
    ///
    /// The store must also be asked where the access token has expired: only such a session can be outdated.
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
        for shown in first.into_iter().chain(std::mem::take(&mut self.others)) {
            match status(&shown.session, shown.user.id()) {
                RevocationStatus::Revoked => self.refuse(SessionRefusal::Revoked),
                RevocationStatus::Live if shown.token_expires > self.now => self.add(shown),
                status => doubtful.push((shown, status == RevocationStatus::Ask)),
            }
        }
        match doubtful.pop() {
            None => Checked::Found(self.found(false)),
            Some((asked, asks_revoked)) => Checked::Ask(Box::new(AskStore {
                opened: self,
                asked,
                asks_revoked,
                others: doubtful.into_iter().map(|(shown, _)| shown).collect(),
            })),
        }
    }

    fn found(self, is_unknown: bool) -> Found {
        let first = self.first.as_ref().map(|first| first.session);
        let others = &mut self.others.iter();
        let verdict = match (first, self.refused) {
            (Some(first), _) if others.any(|other| other.session != first) => {
                Verdict::Refused(SessionRefusal::Conflicting)
            }
            (Some(_), _) if is_unknown => Verdict::Unknown,
            (Some(_), _) => Verdict::Live,
            (None, Some(refusal)) => Verdict::Refused(refusal),
            (None, None) => Verdict::Absent,
        };
        Found {
            verdict,
            users: self,
        }
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
        match answer {
            StoreAnswer::Revoked => opened.refuse(SessionRefusal::Revoked),
            StoreAnswer::Outdated => opened.refuse(SessionRefusal::Outdated),
            StoreAnswer::Live | StoreAnswer::Unknown => opened.add(asked),
        }
        for other in others {
            if answer == StoreAnswer::Live {
                opened.add(other);
            } else {
                opened.refuse(SessionRefusal::Outdated);
            }
        }
        opened.found(answer == StoreAnswer::Unknown)
    }
}

impl Found {
    /// Whether the browser sent a session cookie that opens, revoked or not: it keeps such cookies. A session that is
    /// over does not count: by a wrong clock it may have been over when it came.
    pub(crate) fn sticks(&self) -> bool {
        match self.verdict {
            Verdict::Live | Verdict::Unknown => true,
            Verdict::Refused(refusal) => matches!(
                refusal,
                SessionRefusal::Conflicting | SessionRefusal::Revoked | SessionRefusal::Outdated
            ),
            Verdict::Absent => false,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.verdict == Verdict::Live
    }

    /// The user of a session that is believed; else what was found.
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

    /// All sessions that open and were not revoked, for their end: believed or not.
    pub(crate) fn into_all(self) -> impl Iterator<Item = User> {
        let users = self.users.first.into_iter().chain(self.users.others);
        users.map(|shown| shown.user)
    }

    /// Whether any session opens and was not revoked.
    pub(crate) fn is_any(&self) -> bool {
        self.users.first.is_some()
    }
}
