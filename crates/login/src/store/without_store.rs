//! Refreshing while the store can't be reached: `danger_refresh_without_store`.
//!
//! Rules: the store is asked first. While it can't be reached, this process agrees with itself at least.
//! It remembers what it did, so that one instance uses no refresh token twice, before or after the store is
//! back.

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};
use tokio::time::timeout;

use crate::store::leases::{Claim, LeaseKey, Leases};
use crate::store::memory::MemoryStore;
use crate::store::revocations::Revocations;
use crate::store::shared_store::SharedStore;
use crate::store::store_error::{StoreError, StoreFuture};

/// Less than the two seconds that the driver waits.
const PATIENCE: Duration = Duration::from_secs(1);

/// A store for refreshes alone.
pub(crate) struct WithoutStore {
    pub(crate) store: Arc<dyn SharedStore>,
    pub(crate) here: MemoryStore,
}

impl Revocations for WithoutStore {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        self.store.status(session, user_id)
    }

    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            let asked = timeout(PATIENCE, self.store.is_revoked(session, user_id)).await;
            let known = || self.store.status(&session, user_id) == RevocationStatus::Revoked;
            Ok(asked.unwrap_or(Err(StoreError)).unwrap_or_else(|_| known()))
        })
    }

    fn is_outdated(&self, session: SessionRef) -> StoreFuture<'_, bool> {
        Box::pin(async move {
            Ok(self.here.is_outdated(session).await? || self.store.is_outdated(session).await?)
        })
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        self.store.revoke(revoked)
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        self.store.revoke_user(user_id, until, spared)
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        self.store.read_user(user_id, since)
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        self.store.read_since(user_id)
    }

    fn began<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, ()> {
        self.store.began(session, user_id)
    }
}

impl Leases for WithoutStore {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        Box::pin(async move {
            if let Some(sealed) = self.here.find(key, newer_than).await? {
                return Ok(Claim::Done(sealed));
            }
            // A claim may wait for another instance's work. `find` shows first whether the store answers.
            let found = timeout(PATIENCE, self.store.find(key, newer_than)).await;
            match found.unwrap_or(Err(StoreError)) {
                Ok(Some(sealed)) => return Ok(Claim::Done(sealed)),
                Ok(None) => {}
                Err(StoreError) => return self.here.claim(key, newer_than).await,
            }
            match self.store.claim(key, newer_than).await {
                Err(StoreError) => self.here.claim(key, newer_than).await,
                claim => claim,
            }
        })
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            if let Some(sealed) = self.here.find(key, newer_than).await? {
                return Ok(Some(sealed));
            }
            let asked = timeout(PATIENCE, self.store.find(key, newer_than)).await;
            // If the store can't be reached, this process knows of no other outcome.
            Ok(asked.unwrap_or(Err(StoreError)).unwrap_or_default())
        })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.here.confirm(session);
        self.store.confirm(session);
    }
}

impl SharedStore for WithoutStore {
    fn ping(&self) -> StoreFuture<'_, ()> {
        self.store.ping()
    }
}
