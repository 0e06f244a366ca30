//! Refreshing while the store can't be asked: `danger_refresh_without_store`.
//!
//! Rules: whoever can be asked is asked; where nobody can, this process agrees with itself at least,
//! and remembers what it did, so that no refresh token is used twice by the same instance, before or
//! after the others are back.

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{SessionRef, Timestamp};
use tokio::time::timeout;

use crate::store::memory::MemoryStore;
use crate::store::shared_store::{
    Asked, Claim, Known, RevokedSession, SharedStore, StoreError, Work, soon,
};

/// Less than whoever asks here waits for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A store for refreshes alone.
pub(crate) struct WithoutStore {
    pub(crate) store: Arc<dyn SharedStore>,
    pub(crate) here: MemoryStore,
}

impl SharedStore for WithoutStore {
    fn known(&self, session: &SessionRef, user_id: &str) -> Known {
        self.store.known(session, user_id)
    }

    fn has_ended<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, bool> {
        Box::pin(async move {
            let asked = timeout(PATIENCE, self.store.has_ended(session, user_id)).await;
            let known = || self.store.known(&session, user_id) == Known::Ended;
            Ok(asked.unwrap_or(Err(StoreError)).unwrap_or_else(|_| known()))
        })
    }

    fn is_outdated(&self, session: SessionRef) -> Asked<'_, bool> {
        Box::pin(async move {
            Ok(self.here.is_outdated(session).await? || self.store.is_outdated(session).await?)
        })
    }

    fn end(&self, ending: RevokedSession) -> Asked<'_, ()> {
        self.store.end(ending)
    }

    fn end_user<'a>(&'a self, user_id: &'a str, at: Timestamp) -> Asked<'a, ()> {
        self.store.end_user(user_id, at)
    }

    fn begin<'a>(&'a self, session: SessionRef, user_id: &'a str) -> Asked<'a, ()> {
        self.store.begin(session, user_id)
    }

    fn claim(&self, work: Work) -> Asked<'_, Claim> {
        Box::pin(async move {
            if let Some(done) = self.here.find(work).await? {
                return Ok(Claim::Done(done));
            }
            // A claim may wait for somebody's work; whether anybody answers is asked before.
            match soon(self.store.find(work)).await {
                Ok(Some(done)) => return Ok(Claim::Done(done)),
                Ok(None) => {}
                Err(StoreError) => return self.here.claim(work).await,
            }
            match self.store.claim(work).await {
                Err(StoreError) => self.here.claim(work).await,
                claim => claim,
            }
        })
    }

    fn find(&self, work: Work) -> Asked<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            if let Some(found) = self.here.find(work).await? {
                return Ok(Some(found));
            }
            let asked = timeout(PATIENCE, self.store.find(work)).await;
            // Where the store can't be asked, nothing was left that this process could know.
            Ok(asked.unwrap_or(Err(StoreError)).unwrap_or_default())
        })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.here.confirm(session);
        self.store.confirm(session);
    }
}
