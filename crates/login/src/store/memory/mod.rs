//! The store of one process: the default.
//!
//! Rules: memory is bounded, the entry that would go soonest goes first, and a restart loses all; entries live
//! by a monotonic clock; a request takes a table's lock only if its session or user probably has an entry.

mod leases;
mod outdated;
mod revocations;
mod session_lists;

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};

use crate::store::leases::{Claim, LeaseKey, Leases};
use crate::store::memory::leases::LeaseTables;
use crate::store::memory::revocations::RevocationList;
use crate::store::memory::session_lists::SessionListTable;
use crate::store::revocations::Revocations;
use crate::store::session_lists::{SealedSession, SessionLists, UserKey};
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreFuture;

/// A store in the memory of one process. Clones share it.
///
/// Each [`Login`](crate::Login) has one of its own by default. Give two logins of one process the same one
/// if they serve the same application, such as the old and the new settings during a reload.
///
/// ```
/// use fncy_login::Login;
/// use fncy_login::store::MemoryStore;
///
/// let store = MemoryStore::new();
/// let [before, after] = [store.clone(), store].map(|store| Login::builder().store(store));
/// ```
#[doc(alias("in-memory", "session store"))]
#[derive(Clone, Default)]
pub struct MemoryStore {
    leases: Arc<LeaseTables>,
    revocations: Arc<RevocationList>,
    lists: Arc<SessionListTable>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Revocations for MemoryStore {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        self.revocations.status(session, user_id)
    }

    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        let status = self.revocations.status(&session, user_id);
        Box::pin(async move { Ok(status == RevocationStatus::Revoked) })
    }

    fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        let is_outdated = self.leases.is_outdated(&session);
        Box::pin(async move { Ok(is_outdated) })
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        self.revocations
            .change(|entries, now| entries.add(&revoked, now));
        Box::pin(async { Ok(()) })
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        self.revocations
            .change(|entries, now| entries.add_user(user_id, until, spared, now));
        Box::pin(async { Ok(()) })
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        self.revocations
            .change(|entries, now| entries.read_user(user_id, since, now));
        Box::pin(async { Ok(()) })
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        let read_since = self.revocations.read_since(user_id);
        Box::pin(async move { Ok(read_since) })
    }

    fn began<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, ()> {
        self.revocations
            .change(|entries, now| entries.exempt(&session, user_id, now));
        Box::pin(async { Ok(()) })
    }
}

impl Leases for MemoryStore {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        Box::pin(async move { Ok(self.leases.claim(key, newer_than).await) })
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        let found = self.leases.find(key, newer_than);
        Box::pin(async move { Ok(found) })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.leases.confirm(session);
    }
}

impl SessionLists for MemoryStore {
    fn put(&self, entry: SealedSession) -> StoreFuture<'_, ()> {
        self.lists.put(&entry);
        Box::pin(async { Ok(()) })
    }

    fn remove(&self, user: UserKey, session: SessionId) -> StoreFuture<'_, ()> {
        self.lists.remove(user, session);
        Box::pin(async { Ok(()) })
    }

    fn all(&self, user: UserKey) -> StoreFuture<'_, Vec<Vec<u8>>> {
        let all = self.lists.all(user);
        Box::pin(async move { Ok(all) })
    }
}

impl SharedStore for MemoryStore {
    fn ping(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    fn revocation_count(&self) -> Option<usize> {
        Some(self.revocations.len())
    }

    fn session_lists(&self) -> Option<&dyn SessionLists> {
        Some(self)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}
