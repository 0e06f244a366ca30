//! The entries of a revocation list, as the list keeps them. Times are Unix seconds.

use fncy_login::store::{Counted, SessionId, SessionRef};
use tokio::time::Instant;

use crate::log_entry::{LogEntry, Owner, UserHash};

/// A revoked session.
pub(super) struct Session {
    pub(super) owner: Owner,
    pub(super) issued: u64,
    pub(super) up_to: u32,
    pub(super) expires: Instant,
    pub(super) _counted: Counted,
}

/// The sessions of a user are revoked that were issued no later than this, except for the spared one.
#[derive(Clone, Copy)]
pub(super) struct User {
    pub(super) until: u64,
    pub(super) spared: Option<SessionId>,
    pub(super) expires: Instant,
}

/// The last entry of its user that a session is exempt from, since it began later.
#[derive(Clone, Copy)]
pub(super) struct Began {
    pub(super) until: u64,
    pub(super) expires: Instant,
}

/// User data of a user that was read before this must be read again.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub(super) since: u64,
    pub(super) expires: Instant,
}

impl Session {
    pub(super) fn entry(&self, id: SessionId) -> LogEntry {
        LogEntry::Session {
            id,
            owner: self.owner,
            issued: self.issued,
            up_to: self.up_to,
        }
    }
}

impl User {
    /// Whether the entry revokes this session.
    pub(super) fn reaches(&self, session: &SessionRef) -> bool {
        session.issued().as_unix() <= self.until && self.spared != Some(session.id())
    }

    /// The entry for this one and another one, in any order: the later one. Of two for the same time, each reaches the
    /// session that the other one spares.
    pub(super) fn and(self, other: Self) -> Self {
        let later = if other.until > self.until {
            other
        } else {
            self
        };
        Self {
            spared: later
                .spared
                .filter(|_| self.until != other.until || self.spared == other.spared),
            expires: self.expires.max(other.expires),
            ..later
        }
    }

    pub(super) fn entry(&self, hash: UserHash) -> LogEntry {
        LogEntry::User {
            hash,
            until: self.until,
            spared: self.spared,
        }
    }
}
