//! How long sessions last.

use crate::session::user::Terms;
use crate::values::timestamp::Timestamp;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    absolute: u64,
    idle: u64,
}

impl Lifetimes {
    /// No session lasts longer than this, in seconds: 30 days.
    pub const MAX: u64 = 30 * 24 * 60 * 60;

    /// Seconds from the sign-in to the end, whatever happens (a week by default), and seconds
    /// without a request (a day by default). Both are at most [`Lifetimes::MAX`].
    #[must_use]
    pub fn new(absolute: u64, idle: u64) -> Self {
        let absolute = absolute.min(Self::MAX);
        Self {
            absolute,
            idle: idle.min(absolute),
        }
    }

    pub(crate) fn ends(self, issued: Timestamp) -> Timestamp {
        issued.plus(self.absolute)
    }

    /// The idle end of a session that is used now.
    pub(crate) fn idle_ends(self, ends: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.idle).min(ends)
    }

    /// Whether a session's idle time should be moved on: a tenth of it has passed.
    pub(crate) fn is_roll_due(self, terms: &Terms, now: Timestamp) -> bool {
        now.plus(self.idle - self.idle / 10) >= terms.idle_ends && terms.idle_ends < terms.ends
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self::new(7 * 24 * 60 * 60, 24 * 60 * 60)
    }
}
