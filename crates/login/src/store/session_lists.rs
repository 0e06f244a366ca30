//! The third seam: the session list of each user.

use std::time::Duration;

use fncy_login_core::SessionId;

use crate::store::store_error::StoreFuture;

/// The most sessions in the list of a user. If there are more, the one that ends first is left out.
pub const MAX_LISTED: usize = 100;

/// The lists of users' sessions, for [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions).
///
/// A store without lists doesn't implement this; see
/// [`SharedStore::session_lists`](crate::store::SharedStore::session_lists).
pub trait SessionLists: Send + Sync {
    /// Puts a session into its user's list, in place of its earlier entry.
    ///
    /// The entry stays for [`SealedSession::life`]. If the list then has more than [`MAX_LISTED`] entries, the entry whose
    /// life ends first is dropped.
    fn put(&self, entry: SealedSession) -> StoreFuture<'_, ()>;

    /// Takes a session out of its user's list. It may be missing.
    fn remove(&self, user: UserKey, session: SessionId) -> StoreFuture<'_, ()>;

    /// All sealed entries of a user, in any order. Expired ones may be among them.
    fn all(&self, user: UserKey) -> StoreFuture<'_, Vec<Vec<u8>>>;
}

/// The key of a user's session list: a keyed hash of the user's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey([u8; 32]);

impl UserKey {
    /// The key with this hash. The tests of a store use this.
    #[must_use]
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// The hash.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.0
    }
}

/// An entry of a session list, which only the driver can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSession {
    user: UserKey,
    session: SessionId,
    sealed: String,
    life: Duration,
}

impl SealedSession {
    /// An entry. The tests of a store use this.
    #[must_use]
    pub const fn new(user: UserKey, session: SessionId, sealed: String, life: Duration) -> Self {
        Self {
            user,
            session,
            sealed,
            life,
        }
    }

    /// The key of the list.
    #[must_use]
    pub const fn user(&self) -> UserKey {
        self.user
    }

    /// The id of the session, by which an entry takes the place of the earlier one.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The sealed text, which is ASCII.
    #[must_use]
    pub fn sealed(&self) -> &str {
        &self.sealed
    }

    /// How long the entry stays.
    #[must_use]
    pub const fn life(&self) -> Duration {
        self.life
    }
}
