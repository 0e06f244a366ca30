//! A store whose leases expire by themselves, for tests of the refresh.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_login_core::{RevocationStatus, RevokedSession, SessionId, SessionRef, Timestamp};
use tokio::time::{Instant, advance, sleep};

use crate::store::leases::{Claim, Lease, LeaseKey, LeaseOutcome, Leases};
use crate::store::memory::MemoryStore;
use crate::store::revocations::Revocations;
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreFuture;

/// A store whose leases expire by themselves.
#[derive(Clone)]
pub(crate) struct Expiring {
    inner: MemoryStore,
    held: Arc<Mutex<HashMap<LeaseKey, Instant>>>,
    lease: Duration,
    suspended: Duration,
}

struct ExpiringLease {
    until: Instant,
    inner: Expiring,
    key: LeaseKey,
    newer_than: Option<u32>,
}

impl Expiring {
    pub(crate) fn new(lease: Duration) -> Self {
        Self {
            inner: MemoryStore::new(),
            held: Arc::default(),
            lease,
            suspended: Duration::ZERO,
        }
    }

    /// Suspends the process for this time, while it waits for the answer whether a session is revoked.
    pub(crate) fn suspended(self, suspended: Duration) -> Self {
        Self { suspended, ..self }
    }
}

impl Revocations for Expiring {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        self.inner.status(session, user_id)
    }

    /// Slow, but not too slow.
    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            sleep(Duration::from_millis(1_500)).await;
            advance(self.suspended).await;
            self.inner.is_revoked(session, user_id).await
        })
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        self.inner.revoke(revoked)
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        self.inner.read_user(user_id, since)
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        self.inner.read_since(user_id)
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        self.inner.revoke_user(user_id, until, spared)
    }
}

impl Leases for Expiring {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        Box::pin(async move {
            loop {
                if let Some(sealed) = self.inner.find(key, newer_than).await? {
                    return Ok(Claim::Done(sealed));
                }
                let until = Instant::now() + self.lease;
                let is_free = {
                    let mut held = self.held.lock().unwrap();
                    let is_free = held.get(&key).is_none_or(|held| *held <= Instant::now());
                    if is_free {
                        held.insert(key, until);
                    }
                    is_free
                };
                if is_free {
                    let inner = self.clone();
                    return Ok(Claim::Granted(Box::new(ExpiringLease {
                        until,
                        inner,
                        key,
                        newer_than,
                    })));
                }
                sleep(Duration::from_millis(10)).await;
            }
        })
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        self.inner.find(key, newer_than)
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.inner.confirm(session);
    }
}

impl SharedStore for Expiring {
    fn ping(&self) -> StoreFuture<'_, ()> {
        self.inner.ping()
    }
}

impl Lease for ExpiringLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()> {
        Box::pin(async move {
            // As slow.
            sleep(Duration::from_millis(1_500)).await;
            let Claim::Granted(lease) = self.inner.inner.claim(self.key, self.newer_than).await?
            else {
                return Ok(());
            };
            lease.finish(outcome).await
        })
    }
}

impl Drop for ExpiringLease {
    fn drop(&mut self) {
        self.inner.held.lock().unwrap().remove(&self.key);
    }
}
