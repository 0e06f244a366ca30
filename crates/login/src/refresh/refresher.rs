//! Refreshing a session's tokens: the chain of refresh tokens, and the wait for the newest tokens.
//!
//! ```text
//!  request --> enter --> First: starts a task --> obtain (exchange.rs)
//!                |                                  |
//!                |--> Joined: waits for the task <--/
//!                |
//!                \--> Failed: uses what the store has, if that is approved
//! ```
//!
//! Rules:
//! - In this process, all requests with the same refresh token share one task ([`Refreshes`]).
//! - The task outlives the request that started it. A failure of one session stops no other session.
//! - If the refreshed access token has expired too, its refresh token is used next. So a browser that lost several
//!   cookies in a row still gets the newest tokens.
//!
//! [`Refreshes`]: crate::refresh::refreshes::Refreshes

use std::pin::pin;
use std::sync::Arc;

use fncy_login_core::{RefreshFailure, RefreshRequest};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::hooks::login_event::{LoginEventKind, RefusedBy};
use crate::hooks::request_context::RequestContext;
use crate::hooks::unless_it_panics::unless_it_panics;
use crate::refresh::exchange::obtain;
use crate::refresh::parts::{MAX_CHAIN, Parts};
use crate::refresh::refreshes::{Entered, Refreshed};
use crate::refresh::revocation::revoke_refreshed;
use crate::store::in_flight::Sender;

/// Refreshes sessions. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Refresher(pub(crate) Arc<Parts>);

impl Refresher {
    /// The newest tokens that a refresh token leads to, from the store or from the provider. `by` is the request that
    /// asks, as hooks see it.
    pub(crate) async fn refresh(
        &self,
        mut request: Arc<RefreshRequest>,
        by: Option<&RequestContext>,
        deadline: Instant,
    ) -> Refreshed {
        let mut newest = None;
        for _ in 0..MAX_CHAIN {
            match self.step(&request, by, deadline).await {
                // The outcome answers an earlier request for an older generation, so this request asks again.
                Ok(refreshed) if refreshed.generation() <= request.session.generation() => {}
                Ok(refreshed) if refreshed.is_fresh(self.0.clock.now()) => return Ok(refreshed),
                Ok(refreshed) => {
                    let again = request.again(&refreshed, self.0.clock.now());
                    request = Arc::new(again.ok_or(RefreshFailure::Refused)?);
                    newest = Some(refreshed);
                }
                Err(failure) if failure == RefreshFailure::Refused || failure.ends_session() => {
                    return Err(failure);
                }
                // The newest refresh token may be the only one that still works, so the browser must get it.
                Err(failure) => return newest.ok_or(failure),
            }
        }
        Err(RefreshFailure::Refused)
    }

    /// The tokens that one refresh token leads to.
    async fn step(
        &self,
        request: &Arc<RefreshRequest>,
        by: Option<&RequestContext>,
        deadline: Instant,
    ) -> Refreshed {
        let may_start = request.is_urgent || self.0.places.is_free(self.0.work(request));
        let in_flight = match self.0.refreshes.enter(request, may_start) {
            Entered::Failed(failure) => {
                let stored = self.0.find(request.key, Some(request.session.generation()));
                let approved = stored.await.filter(|tokens| !tokens.awaits_approval());
                return approved.map(Arc::new).ok_or(failure);
            }
            Entered::Joined(in_flight) => in_flight,
            Entered::First(sender, in_flight) => {
                self.start(Arc::clone(request), by.cloned(), sender, deadline);
                in_flight
            }
        };
        let refreshed = in_flight.outcome(deadline).await;
        refreshed.unwrap_or(Err(RefreshFailure::Undecided))
    }

    /// Starts the task that refreshes and publishes its outcome.
    ///
    /// Its parts are boxed, since thousands of tasks may wait for a place.
    fn start(
        &self,
        request: Arc<RefreshRequest>,
        by: Option<RequestContext>,
        sender: Sender<Refreshed>,
        deadline: Instant,
    ) {
        let parts = Arc::clone(&self.0);
        let task = async move {
            let obtaining = Box::pin(obtain(&parts, &request, by.clone(), &sender, deadline));
            let refreshing = pin!(parts.telemetry.refresh(obtaining));
            let refreshed = unless_it_panics(refreshing).await;
            let refreshed = refreshed.unwrap_or(Err(RefreshFailure::Unreadable));
            let refreshed = parts.refreshes.finish(&request, refreshed);
            if let Err(RefreshFailure::Refused) = refreshed {
                let kind = LoginEventKind::RefreshRefused {
                    by: RefusedBy::Provider,
                };
                parts.tell(kind, &request, by.as_ref());
            }
            sender.tell(refreshed.clone());
            // Only after publishing: a later sign-out finds the new tokens. A sign-out before has revoked the old
            // ones, so the new ones are revoked here.
            if let Ok(refreshed) = &refreshed
                && Box::pin(parts.has_ended(&request)).await == Ok(true)
            {
                Box::pin(revoke_refreshed(&parts, refreshed)).await;
            }
        };
        self.0.tasks.spawn(task.in_current_span());
    }
}
