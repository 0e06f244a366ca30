//! Refreshing a session's tokens (RFC 6749, section 6).
//!
//! ```text
//!  request --> enter --> First: a task --> find --> claim --> place --> exchange --> user data --> on_refresh
//!                |                          |         |                                              |
//!                |--> Joined: wait          |---------+--> it was left: opened, on_refresh if it is owed
//!                |                                                                                   |
//!                \--> Failed: what is left?                       finish: sealed, for all who come <-/
//! ```
//!
//! Rules:
//! - One exchange for each refresh token: in this process by [`Refreshes`], among all instances by the
//!   [`SharedStore`]. Without the latter nothing is exchanged.
//! - It runs in a task of its own. Until it has a place, it ends when no request waits for it any more;
//!   from then on, no request that goes can end it. An exchange is begun only if the lease outlasts it and
//!   all that follows it.
//! - What was left is found without a place: a full line stops no request that needs no exchange. The lease
//!   comes before the place, so that a request which waits for another instance keeps no place.
//! - What goes wrong for one session, in the application's hook or with another instance, stops no
//!   other session.
//! - What is left for others is the provider's answer, sealed; a cookie never.
//! - A refreshed whose own access token has expired leads on by its refresh token, so that a browser
//!   which lost several cookies in a row still finds the newest tokens.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    EndedRefresh, Exchange, Exchanged, HookAnswer, NotRefreshed, RefreshApproved, RefreshFailure,
    RefreshMachine, RefreshRequest, RefreshedTokens, UserKnown, UserReadAgain,
};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::hooks::approval::RefreshedLogin;
use crate::hooks::ask::{RefreshHook, ask};
use crate::observe::clock;
use crate::observe::clock::Clock;
use crate::observe::telemetry;
use crate::provider::exchanges::Exchanges;
use crate::provider::places;
use crate::provider::places::{Place, Places};
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::refresh::refreshes::{Entered, Refreshed, Refreshes};
use crate::store::deadlines::{claim, soon};
use crate::store::in_flight::Sender;
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreError;

/// A session whose cookie was lost so many times in a row has been lost altogether.
pub(crate) const MAX_CHAIN: usize = 16;
/// How long a refreshed stays that no request has shown: a laptop closed in the middle.
const UNCONFIRMED: Duration = Duration::from_secs(60 * 60);
/// Where the store can't be asked.
const UNAVAILABLE: RefreshFailure = RefreshFailure::Unavailable { retry_after: 1 };

/// What refreshes sessions. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Refresher(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) machine: RefreshMachine,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) provider: Arc<dyn Exchanges>,
    pub(crate) store: Arc<dyn SharedStore>,
    pub(crate) on_refresh: Option<RefreshHook>,
    pub(crate) refreshes: Refreshes,
    pub(crate) places: Arc<Places>,
    /// Makes a number of a user's id.
    pub(crate) hasher: RandomState,
}

impl Refresher {
    /// The newest tokens that a refresh token leads to, from memory or from the provider.
    pub(crate) async fn refresh(
        &self,
        mut refresh: RefreshRequest,
        deadline: Instant,
    ) -> Refreshed {
        let mut newest = None;
        for _ in 0..MAX_CHAIN {
            match self.step(&refresh, deadline).await {
                // Meant for an older generation, whose request was first: this one asks again.
                Ok(refreshed) if refreshed.generation() <= refresh.session.generation() => {}
                Ok(refreshed) if refreshed.is_fresh(self.0.clock.now()) => return Ok(refreshed),
                Ok(refreshed) => {
                    refresh = refresh
                        .again(&refreshed, self.0.clock.now())
                        .ok_or(RefreshFailure::Refused)?;
                    newest = Some(refreshed);
                }
                Err(failure) if failure == RefreshFailure::Refused || failure.ends_session() => {
                    return Err(failure);
                }
                // Its refresh token may be the only one that still works: the browser shall have it.
                Err(failure) => return newest.ok_or(failure),
            }
        }
        Err(RefreshFailure::Refused)
    }

    /// What one refresh token leads to.
    async fn step(&self, refresh: &RefreshRequest, deadline: Instant) -> Refreshed {
        let may_start = refresh.is_urgent || self.0.places.is_free(self.work(refresh));
        let coming = match self.0.refreshes.enter(refresh, may_start) {
            Entered::Failed(failure) => {
                let left = self.left_of(refresh.key, Some(refresh.session.generation()));
                let left = left.await.filter(|left| !left.awaits_approval());
                return left.map(Arc::new).ok_or(failure);
            }
            Entered::Joined(coming) => coming,
            Entered::First(sender, coming) => {
                self.start(refresh.clone(), sender, deadline);
                coming
            }
        };
        let refreshed = coming.outcome(deadline).await;
        refreshed.unwrap_or(Err(RefreshFailure::Undecided))
    }

    /// Refreshes in a task of its own: a refresh token that was sent is spent, whoever still waits.
    fn start(&self, refresh: RefreshRequest, sender: Sender<Refreshed>, deadline: Instant) {
        let refresh = Arc::new(refresh);
        let (refresher, task_refresh) = (self.clone(), Arc::clone(&refresh));
        let task_sender = sender.clone();
        let obtain = async move {
            let obtaining = refresher.obtain(&task_refresh, &task_sender, deadline);
            telemetry::refresh(obtaining).await
        };
        let obtained = tokio::spawn(obtain.in_current_span());
        let refresher = self.clone();
        tokio::spawn(async move {
            let refreshed = obtained.await.unwrap_or(Err(RefreshFailure::Unreadable));
            let refreshed = refresher.0.refreshes.finish(&refresh, refreshed);
            sender.tell(refreshed.clone());
            // Asked when the refreshed has been left: whoever signs out now finds it, and a sign-out
            // that came in between has found the tokens that are no more.
            if let Ok(refreshed) = &refreshed
                && refresher.is_revoked(&refresh).await == Ok(true)
            {
                refresher.revoke_refreshed(refreshed).await;
            }
        });
    }

    /// What was left for this refresh token, or what the provider gives.
    async fn obtain(
        &self,
        refresh: &RefreshRequest,
        sender: &Sender<Refreshed>,
        deadline: Instant,
    ) -> Refreshed {
        let store = &*self.0.store;
        let key = LeaseKey::new(LeaseKind::Refresh, refresh.key);
        let newer_than = Some(refresh.session.generation());
        let left = soon(store.find(key, newer_than))
            .await
            .map_err(unreachable)?;
        if let Some(sealed) = left {
            self.must_live(refresh).await?;
            return self.take_over(refresh, &sealed, deadline).await;
        }
        let claim = sender
            .while_heard(claim(store, key, newer_than, deadline))
            .await;
        let claim = claim
            .ok_or(RefreshFailure::Crowded)?
            .map_err(unreachable)?
            .ok_or(RefreshFailure::Undecided)?;
        let lease = match claim {
            Claim::Granted(lease) => lease,
            Claim::Done(sealed) => {
                self.must_live(refresh).await?;
                return self.take_over(refresh, &sealed, deadline).await;
            }
            Claim::Spent => return Err(RefreshFailure::Refused),
        };
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = self.0.places.take(self.work(refresh), turn);
        let place = sender.while_heard(waiting).await.flatten();
        let place = place.ok_or(RefreshFailure::Crowded)?;
        self.must_live(refresh).await?;
        self.exchange(refresh, place, lease, deadline).await
    }

    /// Which places a refresh waits for.
    fn work(&self, refresh: &RefreshRequest) -> places::Work {
        places::Work::Refresh(self.user(refresh))
    }

    fn user(&self, refresh: &RefreshRequest) -> u64 {
        self.0.hasher.hash_one(&refresh.profile.user_id)
    }

    /// Goes on with what another request or instance has left.
    async fn take_over(
        &self,
        request: &RefreshRequest,
        sealed: &[u8],
        deadline: Instant,
    ) -> Refreshed {
        let left = self.0.machine.take_over(request, sealed);
        match self
            .approve(left.ok_or(RefreshFailure::Refused)?, deadline)
            .await
        {
            RefreshApproved::Leave(tokens) => Ok(Arc::from(tokens)),
            RefreshApproved::Undecided(_) => Err(RefreshFailure::Undecided),
            RefreshApproved::End(ended) => Err(self.end(*ended).await),
        }
    }

    /// A session that has ended gets no tokens.
    async fn must_live(&self, refresh: &RefreshRequest) -> Result<(), RefreshFailure> {
        match self.is_revoked(refresh).await.map_err(unreachable)? {
            true => Err(RefreshFailure::NotWelcome),
            false => Ok(()),
        }
    }

    async fn is_revoked(&self, refresh: &RefreshRequest) -> Result<bool, StoreError> {
        let store = &self.0.store;
        soon(store.is_revoked(refresh.session, &refresh.profile.user_id)).await
    }

    /// The second machine, as a story: exchange, read the user, ask the hook, leave the tokens or end the session.
    async fn exchange(
        &self,
        request: &RefreshRequest,
        place: Place,
        lease: Box<dyn Lease>,
        deadline: Instant,
    ) -> Refreshed {
        let Parts {
            machine,
            clock,
            provider,
            refreshes,
            ..
        } = &*self.0;
        if !refreshes.may_ask() {
            return Err(RefreshFailure::Crowded);
        }
        let exchanging = machine.exchange(request.clone());
        let refresh_token = exchanging.refresh_token();
        let exchange = Exchange::Refresh { refresh_token };
        let answer = provider.run(exchange, &place, deadline).await;
        let (exchanged, reports) = exchanging.answered(answer, clock.now());
        telemetry::log(&reports);
        let failure = match &exchanged {
            Exchanged::Failed(not_refreshed) => Some(not_refreshed.failure),
            Exchanged::ReadUser(_) | Exchanged::Known(_) => None,
        };
        refreshes.heard(self.user(request), failure);
        let known = match exchanged {
            Exchanged::Failed(NotRefreshed { failure, detail }) => {
                let outcome = failure.as_str();
                tracing::warn!(outcome, detail = &*detail, "a session was not refreshed");
                return Err(failure);
            }
            Exchanged::ReadUser(reading) => {
                let access_token = reading.access_token();
                let exchange = Exchange::UserData { access_token };
                let answer = provider.run(exchange, &place, deadline).await;
                match reading.answered(answer, clock.now()) {
                    UserReadAgain::Known(known) => known,
                    UserReadAgain::End(ended) => {
                        tracing::error!(
                            "a refreshed session has another user's data; it was ended"
                        );
                        return Err(self.end(*ended).await);
                    }
                }
            }
            Exchanged::Known(known) => known,
        };
        drop(place);
        match self.approve(known, deadline).await {
            RefreshApproved::Leave(tokens) => {
                self.leave(request, lease, &tokens).await;
                Ok(Arc::from(tokens))
            }
            RefreshApproved::Undecided(tokens) => {
                self.leave(request, lease, &tokens).await;
                Err(RefreshFailure::Undecided)
            }
            // Before the lease goes: no other request shall refresh it.
            RefreshApproved::End(ended) => Err(self.end(*ended).await),
        }
    }

    /// Asks `on_refresh`, where its answer is still to come. If the hook fails, the next request asks again.
    async fn approve(&self, known: UserKnown, deadline: Instant) -> RefreshApproved {
        let approving = match (known, &self.0.on_refresh) {
            (UserKnown::Leave(tokens), _) => return RefreshApproved::Leave(tokens),
            (UserKnown::Approve(approving), Some(on_refresh)) => {
                let login = RefreshedLogin::new(approving.candidate());
                let answer = ask(on_refresh, login, deadline).await;
                match &answer {
                    HookAnswer::Approved { .. } => {}
                    HookAnswer::Refused { .. } => {
                        tracing::info!("on_refresh refused a user; the session was ended");
                    }
                    HookAnswer::Undecided => {
                        tracing::error!("on_refresh could not decide now; it is asked again");
                    }
                    HookAnswer::Failed => {
                        tracing::error!(
                            "on_refresh panicked, or did not answer within the deadline"
                        );
                    }
                }
                return approving.answered(answer);
            }
            (UserKnown::Approve(approving), None) => approving,
        };
        approving.answered(HookAnswer::Approved { data: None })
    }

    async fn leave(
        &self,
        request: &RefreshRequest,
        lease: Box<dyn Lease>,
        tokens: &RefreshedTokens,
    ) {
        tracing::debug!("a session was refreshed");
        if tokens.was_stillborn() {
            self.0.refreshes.rest(tokens.key());
        }
        let Some(entropy) = clock::entropy() else {
            return;
        };
        let sealed = self.0.machine.seal(&request.key, tokens, &entropy);
        let outcome = LeaseOutcome::new(sealed, UNCONFIRMED)
            .with_version(tokens.generation())
            .with_session(request.session.id());
        if soon(lease.finish(outcome)).await.is_err() {
            tracing::warn!("a refresh could not be left for other instances");
        }
    }

    pub(crate) async fn left_of(
        &self,
        key: [u8; 32],
        newer_than: Option<u32>,
    ) -> Option<RefreshedTokens> {
        let lease_key = LeaseKey::new(LeaseKind::Refresh, key);
        let found = soon(self.0.store.find(lease_key, newer_than));
        let sealed = found.await.ok().flatten()?;
        self.0.machine.open(&key, &sealed)
    }

    /// Ends a session whose refresh has shown that it is over.
    async fn end(&self, ended: EndedRefresh) -> RefreshFailure {
        if soon(self.0.store.revoke(ended.session)).await.is_err() {
            tracing::error!("a session that is over could not be ended on other instances");
        }
        if let Some(revoke) = ended.revoke {
            self.revoke(revoke).await;
        }
        ended.failure
    }

    async fn revoke_refreshed(&self, tokens: &RefreshedTokens) {
        if let Some(revoke) = self.0.machine.revocation_of(tokens) {
            self.revoke(revoke).await;
        }
    }
}

fn unreachable(_: StoreError) -> RefreshFailure {
    tracing::warn!("a session was not refreshed: the store can't be asked");
    UNAVAILABLE
}
