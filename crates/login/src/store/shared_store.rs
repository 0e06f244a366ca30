//! All seams in one, as [`LoginBuilder::store`](crate::LoginBuilder::store) takes them.

use std::time::Duration;

use crate::store::leases::Leases;
use crate::store::revocations::Revocations;
use crate::store::session_lists::SessionLists;
use crate::store::store_error::StoreFuture;

/// The driver's timeout of a call that doesn't wait for another instance's work.
pub(crate) const CALL_DEADLINE: Duration = Duration::from_secs(2);

/// What the instances of an application share: a revocation list, a lease table, and perhaps session lists.
#[doc(alias("session store", "redis", "revoke"))]
pub trait SharedStore: Revocations + Leases {
    /// Asks whether the store can do its work, which includes writing. A store that is full or read-only is an error.
    ///
    /// The login asks each second. An instance is [ready](crate::Login::is_ready) after the first answer.
    fn ping(&self) -> StoreFuture<'_, ()>;

    /// Waits until the other instances can know all that this instance was told: revocations, and outcomes of leases.
    ///
    /// [`Login::drain`](crate::Login::drain) calls it before the process ends, without a deadline. The default returns at
    /// once, for a store whose calls return after the write.
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// The number of entries in this instance's revocation list, for a metric.
    ///
    /// The default is `None`, for a store that keeps no list in memory.
    fn revocation_count(&self) -> Option<usize> {
        None
    }

    /// The lists of users' sessions.
    ///
    /// The default is `None`, for a store without lists.
    /// [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions) is then a mistake at start.
    fn session_lists(&self) -> Option<&dyn SessionLists> {
        None
    }
}
