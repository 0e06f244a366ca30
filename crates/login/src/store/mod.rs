//! What several instances of an application share: revoked sessions, and the right to use a token once.
//!
//! A session is in its browser's cookies. Three things don't fit there: that a sign-out (logout) holds on every
//! instance, that a refresh token is used once, and that an authorization code is redeemed once. A
//! [`SharedStore`] keeps them: it is a revocation list ([`Revocations`]) and a lease table ([`Leases`]). It may also
//! keep the lists of users' sessions ([`SessionLists`]), for an application that shows them.
//!
//! - In one process, do nothing: [`MemoryStore`] is the default.
//! - For several instances, give `RedisStore` of the crate `fncy-login-redis` to
//!   [`LoginBuilder::store`](crate::LoginBuilder::store). It takes Redis and Valkey.
//! - For another database, implement the traits.
//!
//! # Rules for an implementation
//!
//! 1. [`Revocations::status`] and [`Leases::confirm`] must not wait: the driver calls them for each request. An
//!    implementation over a network answers from memory, and hands the rest on to a task. [`CountingFilter`] keeps
//!    requests away from the lock of that memory.
//! 2. A status may be five seconds old. On the instance that revoked a session it is never old.
//! 3. An outcome is sealed, and so is an entry of a session list. The driver trusts it only after it opens.
//! 4. If the store can't be reached, return [`StoreError`] and don't guess. The documentation of
//!    [`LoginBuilder::store`](crate::LoginBuilder::store) says what users then see.
//! 5. The driver may drop each future at any time. It drops a call after two seconds and takes it for
//!    [`StoreError`]; the call may still have its effect. A claim may wait as long as its request, 15 seconds.
//! 6. Instances' clocks may differ by 60 seconds. Let entries expire by a monotonic clock, since an
//!    operator may set the machine's.
//!
//! The suite in `tests/src/store/contract` of the repository checks these rules for any implementation.
//!
//! # Example
//!
//! This store has the revocation list in the application's own database. The lease table is that of another store.
//!
//! ```
//! use fncy_login::Timestamp;
//! use fncy_login::store::{
//!     Claim, LeaseKey, Leases, RevocationStatus, Revocations, RevokedSession, SessionId, SessionRef,
//!     SharedStore, StoreError, StoreFuture,
//! };
//!
//! # struct Database;
//! # impl Database {
//! #     async fn is_revoked(&self, _: SessionRef, _: &str) -> std::io::Result<bool> { Ok(false) }
//! #     async fn revoke(&self, _: &RevokedSession) -> std::io::Result<()> { Ok(()) }
//! #     async fn read_user(&self, _: &str, _: Timestamp) -> std::io::Result<()> { Ok(()) }
//! #     async fn read_since(&self, _: &str) -> std::io::Result<Option<Timestamp>> { Ok(None) }
//! #     async fn revoke_user(&self, _: &str, _: Timestamp, _: Option<SessionId>) -> std::io::Result<()> { Ok(()) }
//! # }
//! struct Split<S> {
//!     database: Database,
//!     leases: S,
//! }
//!
//! impl<S: SharedStore> Revocations for Split<S> {
//!     fn status(&self, _: &SessionRef, _: &str) -> RevocationStatus {
//!         RevocationStatus::Ask // Each request then waits for the database.
//!     }
//!
//!     fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
//!         Box::pin(async move {
//!             let answer = self.database.is_revoked(session, user_id).await;
//!             answer.map_err(|_| StoreError::new())
//!         })
//!     }
//!
//!     fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
//!         Box::pin(async move {
//!             let answer = self.database.revoke(&revoked).await;
//!             answer.map_err(|_| StoreError::new())
//!         })
//!     }
//!
//!     fn revoke_user<'a>(
//!         &'a self,
//!         user_id: &'a str,
//!         until: Timestamp,
//!         spared: Option<SessionId>,
//!     ) -> StoreFuture<'a, ()> {
//!         Box::pin(async move {
//!             let answer = self.database.revoke_user(user_id, until, spared).await;
//!             answer.map_err(|_| StoreError::new())
//!         })
//!     }
//!
//!     fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
//!         Box::pin(async move {
//!             let answer = self.database.read_user(user_id, since).await;
//!             answer.map_err(|_| StoreError::new())
//!         })
//!     }
//!
//!     fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
//!         Box::pin(async move {
//!             let answer = self.database.read_since(user_id).await;
//!             answer.map_err(|_| StoreError::new())
//!         })
//!     }
//! }
//!
//! impl<S: SharedStore> Leases for Split<S> {
//!     fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
//!         self.leases.claim(key, newer_than)
//!     }
//!
//!     fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
//!         self.leases.find(key, newer_than)
//!     }
//!
//!     fn confirm(&self, session: &dyn Fn() -> SessionRef) {
//!         self.leases.confirm(session);
//!     }
//! }
//!
//! impl<S: SharedStore> SharedStore for Split<S> {
//!     fn ping(&self) -> StoreFuture<'_, ()> {
//!         self.leases.ping()
//!     }
//! }
//! ```

pub(crate) mod counting_filter;
pub(crate) mod expiring_map;
pub(crate) mod in_flight;
pub(crate) mod leases;
pub(crate) mod memory;
pub(crate) mod revocations;
pub(crate) mod session_lists;
pub(crate) mod shared_store;
pub(crate) mod store_client;
pub(crate) mod store_error;
pub(crate) mod store_watch;
pub(crate) mod tasks;
pub(crate) mod without_store;

pub use crate::observe::once_per_minute::OncePerMinute;
pub use crate::store::counting_filter::{Counted, CountingFilter};
pub use crate::store::leases::{Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome, Leases};
pub use crate::store::memory::MemoryStore;
pub use crate::store::revocations::Revocations;
pub use crate::store::session_lists::{MAX_LISTED, SealedSession, SessionLists, UserKey};
pub use crate::store::shared_store::SharedStore;
pub use crate::store::store_error::{StoreError, StoreFuture};
pub use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef};
