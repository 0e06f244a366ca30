//! All seams in one, as [`LoginBuilder::store`](crate::LoginBuilder::store) takes them.

use crate::store::leases::Leases;
use crate::store::revocations::Revocations;
use crate::store::session_lists::SessionLists;
use crate::store::store_error::StoreFuture;

/// What the instances of an application share: a revocation list, a lease table, and perhaps session lists.
pub trait SharedStore: Revocations + Leases {
    /// Asks whether the store can be reached and can do its work. [`Login::check`](crate::Login::check)
    /// calls it, at most once in five seconds.
    fn ping(&self) -> StoreFuture<'_, ()>;

    /// Waits until the other instances can know all that this instance was told: revocations, and outcomes of leases.
    ///
    /// [`Login::drain`](crate::Login::drain) calls it before the process ends, without a deadline. The default returns at
    /// once, for a store whose calls return after the write.
    fn flush(&self) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }

    /// The lists of users' sessions.
    ///
    /// The default is `None`, for a store without lists.
    /// [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions) is then a mistake at start.
    fn session_lists(&self) -> Option<&dyn SessionLists> {
        None
    }
}
