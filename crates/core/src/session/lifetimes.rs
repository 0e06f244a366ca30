//! How long sessions last.

use crate::session::user::Terms;
use crate::values::timestamp::Timestamp;

/// How long sessions last, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// From the sign-in to the end, whatever happens: a week by default, [`Lifetimes::MAX`] at most.
    pub session: u64,
    /// Without a request: a day by default.
    pub idle: u64,
}

impl Lifetimes {
    /// No session lasts longer than this, in seconds: 30 days.
    pub const MAX: u64 = 30 * 24 * 60 * 60;

    pub(crate) fn ends(self, issued: Timestamp) -> Timestamp {
        issued.plus(self.session.min(Self::MAX))
    }

    /// The idle end of a session that is used now.
    pub(crate) fn idle_ends(self, ends: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.idle).min(ends)
    }

    /// Whether a session's idle time should be moved on: a tenth of it has passed.
    pub(crate) fn is_roll_due(self, terms: &Terms, now: Timestamp) -> bool {
        let idle = self.idle.min(self.session);
        now.plus(idle - idle / 10) >= terms.idle_ends && terms.idle_ends < terms.ends
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            session: 7 * 24 * 60 * 60,
            idle: 24 * 60 * 60,
        }
    }
}
