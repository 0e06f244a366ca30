//! Both seams in one, as [`LoginBuilder::store`](crate::LoginBuilder::store) takes them.

use crate::store::leases::Leases;
use crate::store::revocations::Revocations;
use crate::store::store_error::StoreFuture;

/// What the instances of an application share: a revocation list and a lease table.
pub trait SharedStore: Revocations + Leases {
    /// Asks whether the store can be reached and can do its work. [`Login::check`](crate::Login::check)
    /// calls it, at most once in five seconds.
    fn ping(&self) -> StoreFuture<'_, ()>;
}
