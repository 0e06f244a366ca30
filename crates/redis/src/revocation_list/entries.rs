//! The entries of a revocation list, as the list keeps them. Times are Unix seconds.

use fncy_login::Timestamp;
use fncy_login::store::{Counted, CountingFilter, RevokedSession, SessionId, SessionRef};
use tokio::time::Instant;

use crate::log_entry::{LogEntry, Owner, UserHash};

/// A revoked session.
pub(super) struct Session {
    pub(super) owner: Owner,
    pub(super) issued: u64,
    pub(super) up_to: u32,
    pub(super) expires: Instant,
    pub(super) _counted: Counted,
    /// The count for copies that are bound to a device key, if they are revoked too.
    pub(super) counted_bound: Option<Counted>,
}

/// The sessions of a user are revoked that were issued no later than this, except for the spared one.
#[derive(Clone, Copy)]
pub(super) struct User {
    pub(super) until: u64,
    pub(super) spared: Option<SessionId>,
    /// Earlier entries reach the spared session, if it was issued no later than this.
    pub(super) reached: u64,
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
    pub(super) fn new(filter: &CountingFilter, id: SessionId, owner: Owner, issued: u64) -> Self {
        Self {
            owner,
            issued,
            up_to: 0,
            expires: Instant::now(),
            _counted: filter.add(copies(id).bits()),
            counted_bound: None,
        }
    }

    /// Revokes the copies up to this rank, at least until this time.
    pub(super) fn raise(
        &mut self,
        filter: &CountingFilter,
        id: SessionId,
        up_to: u32,
        expires: Instant,
    ) {
        self.up_to = self.up_to.max(up_to);
        self.expires = self.expires.max(expires);
        if self.up_to > RevokedSession::UNBOUND {
            let count = || filter.add(copies(id).bound().bits());
            self.counted_bound.get_or_insert_with(count);
        }
    }

    pub(super) fn entry(&self, id: SessionId) -> LogEntry {
        LogEntry::Session {
            id,
            owner: self.owner,
            issued: self.issued,
            up_to: self.up_to,
        }
    }
}

/// The unbound copies of a session, for the filter.
fn copies(id: SessionId) -> SessionRef {
    SessionRef::new(id, 0, Timestamp::default(), Timestamp::default())
}

impl User {
    /// Up to which time sessions are revoked, if this one is among them.
    pub(super) fn reaches(&self, session: &SessionRef) -> Option<u64> {
        let until = if self.spared == Some(session.id()) {
            self.reached
        } else {
            self.until
        };
        (session.issued().as_unix() <= until).then_some(until)
    }

    /// The entry that reaches what this one or another one reaches, in any order. No entry spares a session that another
    /// entry reaches.
    pub(super) fn and(self, other: Self) -> Self {
        let (later, earlier) = if other.until > self.until {
            (other, self)
        } else {
            (self, other)
        };
        let reached = if later.spared == earlier.spared {
            later.reached.max(earlier.reached)
        } else {
            later.reached.max(earlier.until)
        };
        let spared = later.spared.filter(|_| reached < later.until);
        Self {
            until: later.until,
            spared,
            reached: spared.map_or(0, |_| reached),
            expires: self.expires.max(other.expires),
        }
    }

    pub(super) fn entry(&self, hash: UserHash) -> LogEntry {
        LogEntry::User {
            hash,
            until: self.until,
            spared: self.spared,
            reached: self.reached,
        }
    }
}
