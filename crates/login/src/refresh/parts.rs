//! The state that all refreshes of one process share, and their calls to the store.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use fncy_login_core::{RefreshFailure, RefreshMachine, RefreshRequest, RefreshedTokens, Subject};

use crate::hooks::ask::RefreshHook;
use crate::hooks::events::Events;
use crate::hooks::login_event::LoginEventKind;
use crate::hooks::request_context::RequestContext;
use crate::observe::clock::Clock;
use crate::observe::once_per_minute::limited;
use crate::observe::telemetry::Telemetry;
use crate::provider::exchanges::Exchanges;
use crate::provider::places::{Places, Work};
use crate::refresh::refreshes::Refreshes;
use crate::store::leases::{LeaseKey, LeaseKind};
use crate::store::store_client::StoreClient;
use crate::store::store_error::StoreError;
use crate::store::tasks::Tasks;

/// The most refresh tokens in a chain. A browser that has lost more cookies in a row signs in again.
pub(crate) const MAX_CHAIN: usize = 16;

/// The state that all refreshes share.
pub(crate) struct Parts {
    pub(crate) machine: RefreshMachine,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) provider: Arc<dyn Exchanges>,
    pub(crate) store: Arc<StoreClient>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) on_refresh: Option<RefreshHook>,
    pub(crate) events: Events,
    pub(crate) tasks: Tasks,
    pub(crate) refreshes: Refreshes,
    pub(crate) places: Arc<Places>,
    /// Turns a user's id into a number.
    pub(crate) hasher: RandomState,
}

impl Parts {
    /// The refreshed tokens that the store has for a refresh token.
    pub(crate) async fn find(
        &self,
        key: [u8; 32],
        newer_than: Option<u32>,
    ) -> Option<RefreshedTokens> {
        let lease_key = LeaseKey::new(LeaseKind::Refresh, key);
        let found = self.store.find(lease_key, newer_than).await;
        let sealed = found.ok().flatten()?;
        self.machine.open(&key, &sealed)
    }

    pub(crate) async fn has_ended(&self, request: &RefreshRequest) -> Result<bool, StoreError> {
        let user_id = &request.profile.user_id;
        self.store.has_ended(request.session, user_id).await
    }

    /// Stops a refresh whose session has ended.
    pub(crate) async fn must_be_live(
        &self,
        request: &RefreshRequest,
    ) -> Result<(), RefreshFailure> {
        let has_ended = self.has_ended(request).await;
        match has_ended.map_err(|error| self.unreachable(error))? {
            true => Err(RefreshFailure::NotWelcome),
            false => Ok(()),
        }
    }

    /// Tells `on_event` what has become of a session's refresh. `by` is the request that began it.
    pub(crate) fn tell(
        &self,
        kind: LoginEventKind,
        request: &RefreshRequest,
        by: Option<&RequestContext>,
    ) {
        let subject = Subject {
            user_id: request.profile.user_id.clone(),
            session: Some(request.session.id()),
        };
        self.events.tell(kind, Some(&subject), None, by);
    }

    /// The session's user as a number.
    pub(crate) fn user(&self, request: &RefreshRequest) -> u64 {
        self.holder(&request.profile.user_id)
    }

    /// A user's id as a number.
    pub(crate) fn holder(&self, user_id: &str) -> u64 {
        self.hasher.hash_one(user_id)
    }

    /// The places that a refresh waits for.
    pub(crate) fn work(&self, request: &RefreshRequest) -> Work {
        Work::Refresh(self.user(request))
    }

    /// Logs that the store can't be asked.
    pub(crate) fn unreachable(&self, _: StoreError) -> RefreshFailure {
        limited!(
            self.telemetry,
            warn,
            "a session was not refreshed: the store can't be asked"
        );
        RefreshFailure::StoreUnavailable
    }
}
