//! The lifetimes of sessions.

use crate::session::segment::Terms;
use crate::values::timestamp::Timestamp;

/// A session that was issued this far in the future is still accepted, in seconds, since the clocks of instances
/// differ.
pub const MAX_SKEW: u64 = 60;

/// The lifetimes of sessions, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// The session lifetime, from the sign-in on: 7 days by default, [`Lifetimes::MAX`] at most.
    pub session: u64,
    /// The idle timeout, from the last request on: a day by default.
    pub idle: u64,
}

impl Lifetimes {
    /// The longest session lifetime, in seconds: 30 days.
    pub const MAX: u64 = 30 * 24 * 60 * 60;

    pub(crate) fn ends(self, issued: Timestamp) -> Timestamp {
        issued.plus(self.session.min(Self::MAX))
    }

    /// The idle end of a session with a request now.
    pub(crate) fn idle_ends(self, ends: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.idle).min(ends)
    }

    /// Whether to move on a session's idle end: a tenth of the idle timeout has passed.
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
