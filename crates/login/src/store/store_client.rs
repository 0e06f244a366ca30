//! Calls of the store: each has a deadline, and each is counted.
//!
//! Rule: an answer that is late is a [`StoreError`].

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};
use tokio::time::{Instant, timeout, timeout_at};

use crate::observe::telemetry::Telemetry;
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseOutcome};
use crate::store::session_lists::SessionLists;
use crate::store::shared_store::{CALL_DEADLINE, SharedStore};
use crate::store::store_error::{StoreError, StoreFuture};
use crate::store::store_watch::StoreWatch;

/// How far the deadline of an exchange moves in a process that is too busy to read the answer.
pub(crate) const MAX_MOVE: Duration = Duration::from_secs(10);
/// After this many leases that are too short, the store counts as unreachable.
const MAX_CLAIMS: usize = 3;

/// Whether a lease outlasts the deadline, moved as far as it can, and this number of calls.
pub(crate) fn outlasts(lease: &dyn Lease, deadline: Instant, calls: u32) -> bool {
    let left = deadline.saturating_duration_since(Instant::now());
    lease.remaining() > left + MAX_MOVE + calls * CALL_DEADLINE
}

/// Whether only the unbound copies of a revoked session are revoked, since it is bound to a device key. `is_revoked` says
/// so of each copy.
pub(crate) async fn is_bound_since<F>(
    session: SessionRef,
    is_revoked: impl Fn(SessionRef) -> F,
) -> Result<bool, StoreError>
where
    F: Future<Output = Result<bool, StoreError>>,
{
    let newest = session.newest();
    Ok(is_revoked(newest.unbound()).await? && !is_revoked(newest.bound()).await?)
}

/// A store, as the driver calls it.
pub(crate) struct StoreClient {
    store: Arc<dyn SharedStore>,
    telemetry: Arc<Telemetry>,
    watch: Option<Arc<StoreWatch>>,
}

impl StoreClient {
    /// Each call of the client keeps `watch` going.
    pub(crate) fn new(
        store: Arc<dyn SharedStore>,
        telemetry: Arc<Telemetry>,
        watch: Option<Arc<StoreWatch>>,
    ) -> Self {
        Self {
            store,
            telemetry,
            watch,
        }
    }

    pub(crate) fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        self.store.status(session, user_id)
    }

    pub(crate) fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.store.confirm(session);
    }

    pub(crate) async fn is_revoked(
        &self,
        session: SessionRef,
        user_id: &str,
    ) -> Result<bool, StoreError> {
        let call = self.store.is_revoked(session, user_id);
        self.answer("is_revoked", call).await
    }

    /// Whether a session has ended. It has not if only its unbound copies are revoked, since it is bound to a device key.
    pub(crate) async fn has_ended(
        &self,
        session: SessionRef,
        user_id: &str,
    ) -> Result<bool, StoreError> {
        let is_revoked = |copy| self.is_revoked(copy, user_id);
        Ok(is_revoked(session).await? && !is_bound_since(session, is_revoked).await?)
    }

    pub(crate) async fn is_outdated(&self, session: SessionRef) -> Result<bool, StoreError> {
        let call = self.store.is_outdated(session);
        self.answer("is_outdated", call).await
    }

    pub(crate) async fn revoke(&self, revoked: RevokedSession) -> Result<(), StoreError> {
        self.answer("revoke", self.store.revoke(revoked)).await
    }

    pub(crate) async fn revoke_user(
        &self,
        user_id: &str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> Result<(), StoreError> {
        let call = self.store.revoke_user(user_id, until, spared);
        self.answer("revoke_user", call).await
    }

    pub(crate) async fn read_user(
        &self,
        user_id: &str,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let call = self.store.read_user(user_id, since);
        self.answer("read_user", call).await
    }

    pub(crate) async fn read_since(&self, user_id: &str) -> Result<Option<Timestamp>, StoreError> {
        let call = self.store.read_since(user_id);
        self.answer("read_since", call).await
    }

    pub(crate) async fn began(&self, session: SessionRef, user_id: &str) -> Result<(), StoreError> {
        let call = self.store.began(session, user_id);
        self.answer("began", call).await
    }

    pub(crate) async fn find(
        &self,
        key: LeaseKey,
        newer_than: Option<u32>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let call = self.store.find(key, newer_than);
        self.answer("find", call).await
    }

    /// A claim whose lease outlasts the deadline, moved as far as it can, and the two calls that follow: a last look at
    /// the revocation list, and the outcome. `None` if other instances held the lease until the deadline.
    pub(crate) async fn claim(
        &self,
        key: LeaseKey,
        newer_than: Option<u32>,
        deadline: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let claims = async {
            for _ in 0..MAX_CLAIMS {
                match self.store.claim(key, newer_than).await? {
                    Claim::Granted(lease) if !outlasts(&*lease, deadline, 2) => {}
                    claim => return Ok(Some(claim)),
                }
            }
            Err(StoreError)
        };
        let began = Instant::now();
        let claimed = timeout_at(deadline, claims).await.unwrap_or(Ok(None));
        self.answered("claim", claimed.is_ok(), began);
        claimed
    }

    pub(crate) async fn finish(
        &self,
        lease: Box<dyn Lease>,
        outcome: LeaseOutcome,
    ) -> Result<(), StoreError> {
        self.answer("finish", lease.finish(outcome)).await
    }

    /// Calls the session lists.
    pub(crate) async fn lists<'a, T>(
        &'a self,
        call: impl FnOnce(&'a dyn SessionLists) -> StoreFuture<'a, T>,
    ) -> Result<T, StoreError> {
        let lists = self.store.session_lists().ok_or(StoreError)?;
        self.answer("session_lists", call(lists)).await
    }

    /// Waits until the other instances can know all that the store was told, without a deadline.
    pub(crate) async fn flush(&self) {
        // A store that fails here has logged that itself.
        let _: Result<(), StoreError> = self.store.flush().await;
    }

    /// Waits for an answer, two seconds at most.
    async fn answer<T>(
        &self,
        name: &'static str,
        call: StoreFuture<'_, T>,
    ) -> Result<T, StoreError> {
        let began = Instant::now();
        let answer = timeout(CALL_DEADLINE, call)
            .await
            .unwrap_or(Err(StoreError));
        self.answered(name, answer.is_ok(), began);
        answer
    }

    fn answered(&self, name: &'static str, is_answered: bool, began: Instant) {
        let took = began.elapsed();
        self.telemetry.meter.store_call(name, is_answered, took);
        if let Some(watch) = &self.watch {
            watch.go_on();
        }
    }
}
