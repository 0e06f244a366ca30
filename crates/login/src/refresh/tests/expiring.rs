//! A store whose leases run out by themselves, for tests of the engine.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_login_core::{SessionRef, Timestamp};
use tokio::time::{Instant, sleep};

use crate::store::memory::MemoryStore;
use crate::store::shared_store::{
    Asked, Claim, Finished, Known, Lease, RevokedSession, SharedStore, Work,
};

/// A store whose leases run out by themselves.
#[derive(Clone)]
pub(crate) struct Expiring {
    inner: MemoryStore,
    held: Arc<Mutex<HashMap<[u8; 32], Instant>>>,
    lease: Duration,
}

struct ExpiringLease {
    until: Instant,
    inner: Expiring,
    work: Work,
}

impl Expiring {
    pub(crate) fn new(lease: Duration) -> Self {
        Self {
            inner: MemoryStore::new(),
            held: Arc::default(),
            lease,
        }
    }
}

impl SharedStore for Expiring {
    fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        self.inner.known(session, user_id)
    }

    /// Slow, but not too slow.
    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool> {
        Box::pin(async move {
            sleep(Duration::from_millis(1_500)).await;
            self.inner.has_ended(session, user_id).await
        })
    }

    fn end(&self, ending: RevokedSession) -> Asked<'_, ()> {
        self.inner.end(ending)
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        self.inner.end_user(user_id, at)
    }

    fn claim(&self, work: Work) -> Asked<'_, Claim> {
        Box::pin(async move {
            loop {
                if let Some(sealed) = self.inner.find(work).await? {
                    return Ok(Claim::Done(sealed));
                }
                let until = Instant::now() + self.lease;
                let is_free = {
                    let mut held = self.held.lock().unwrap();
                    let is_free = held
                        .get(&work.key)
                        .is_none_or(|held| *held <= Instant::now());
                    if is_free {
                        held.insert(work.key, until);
                    }
                    is_free
                };
                if is_free {
                    let inner = self.clone();
                    return Ok(Claim::Granted(Box::new(ExpiringLease {
                        until,
                        inner,
                        work,
                    })));
                }
                sleep(Duration::from_millis(10)).await;
            }
        })
    }

    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        self.inner.find(work)
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.inner.confirm(session);
    }
}

impl Lease for ExpiringLease {
    fn remaining(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn finish(self: Box<Self>, outcome: Finished) -> Asked<'static, ()> {
        Box::pin(async move {
            // As slow.
            sleep(Duration::from_millis(1_500)).await;
            let Claim::Granted(lease) = self.inner.inner.claim(self.work).await? else {
                return Ok(());
            };
            lease.finish(outcome).await
        })
    }
}

impl Drop for ExpiringLease {
    fn drop(&mut self) {
        self.inner.held.lock().unwrap().remove(&self.work.key);
    }
}
