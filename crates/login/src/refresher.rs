//! Renewing a session's tokens (RFC 6749, section 6).
//!
//! ```text
//!  request --> enter --> First: a task --> find --> claim --> place --> exchange --> user data --> on_renew
//!                |                          |         |                                              |
//!                |--> Joined: wait          |---------+--> it was left: opened, on_renew if it is owed
//!                |                                                                                   |
//!                \--> Failed: what is left?                       finish: sealed, for all who come <-/
//! ```
//!
//! Rules:
//! - One exchange for each refresh token: in this process by [`Renewals`], among all instances by the
//!   [`Coordinator`]. Without the latter nothing is exchanged.
//! - It runs in a task of its own. Until it has a place, it ends when no request waits for it any more;
//!   from then on, no request that goes can end it. An exchange is begun only if the lease outlasts it and
//!   all that follows it.
//! - What was left is found without a place: a full line stops no request that needs no exchange. The lease
//!   comes before the place, so that a request which waits for another instance keeps no place.
//! - What goes wrong for one session, in the application's hook or with another instance, stops no
//!   other session.
//! - What is left for others is the provider's answer, sealed; a cookie never.
//! - A successor whose own access token has expired leads on by its refresh token, so that a browser
//!   which lost several cookies in a row still finds the newest tokens.

use std::future::Future;
use std::hash::{BuildHasher as _, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Answer, Core, Exchange, NotRenewed, Renew, RenewalFailure, Successor};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::approval::{self, RenewHook, RenewedLogin};
use crate::coming::Sender;
use crate::coordinator::{
    Claim, Coordinator, EndedSession, Finished, Lease, Unreachable, Work, WorkKind, claim, soon,
};
use crate::env::{self, Clock};
use crate::places::{self, Place, Places};
use crate::renewals::{Entered, Renewals, Renewed};
use crate::sender::EXCHANGE_DEADLINE;
use crate::telemetry;

/// A session whose cookie was lost so many times in a row has been lost altogether.
pub(crate) const MAX_CHAIN: usize = 16;
/// How long a successor stays that no request has shown: a laptop closed in the middle.
const UNCONFIRMED: Duration = Duration::from_secs(60 * 60);
/// Where the coordinator can't be asked.
const UNAVAILABLE: RenewalFailure = RenewalFailure::Unavailable { retry_after: 1 };

/// Who talks to the provider.
pub(crate) trait Exchanges: Send + Sync + 'static {
    fn run<'a>(
        &'a self,
        exchange: &'a Exchange,
        place: &'a Place,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
}

/// What renews sessions. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Refresher(pub(crate) Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) core: Core,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) provider: Arc<dyn Exchanges>,
    pub(crate) coordinator: Arc<dyn Coordinator>,
    pub(crate) on_renew: Option<RenewHook>,
    pub(crate) renewals: Renewals,
    pub(crate) places: Arc<Places>,
    /// Makes a number of a user's id.
    pub(crate) hasher: RandomState,
}

impl Refresher {
    /// The newest tokens that a refresh token leads to, from memory or from the provider.
    pub(crate) async fn renew(&self, mut renew: Renew, deadline: Instant) -> Renewed {
        let mut newest = None;
        for _ in 0..MAX_CHAIN {
            match self.step(&renew, deadline).await {
                // Meant for an older generation, whose request was first: this one asks again.
                Ok(successor) if successor.generation() <= renew.session.generation => {}
                Ok(successor) if successor.is_fresh(self.0.clock.now()) => return Ok(successor),
                Ok(successor) => {
                    renew = renew
                        .again(&successor, self.0.clock.now())
                        .ok_or(RenewalFailure::Refused)?;
                    newest = Some(successor);
                }
                Err(failure) if failure == RenewalFailure::Refused || failure.ends_session() => {
                    return Err(failure);
                }
                // Its refresh token may be the only one that still works: the browser shall have it.
                Err(failure) => return newest.ok_or(failure),
            }
        }
        Err(RenewalFailure::Refused)
    }

    /// What one refresh token leads to.
    async fn step(&self, renew: &Renew, deadline: Instant) -> Renewed {
        let may_start = renew.is_urgent || self.0.places.is_free(self.work(renew));
        let coming = match self.0.renewals.enter(renew, may_start) {
            Entered::Failed(failure) => {
                let left = self.left_of(renew.key, Some(renew.session.generation));
                let left = left.await.filter(|left| !left.awaits_approval());
                return left.map(Arc::new).ok_or(failure);
            }
            Entered::Joined(coming) => coming,
            Entered::First(sender, coming) => {
                self.start(renew.clone(), sender, deadline);
                coming
            }
        };
        let renewed = coming.outcome(deadline).await;
        renewed.unwrap_or(Err(RenewalFailure::Undecided))
    }

    /// Renews in a task of its own: a refresh token that was sent is spent, whoever still waits.
    fn start(&self, renew: Renew, sender: Sender<Renewed>, deadline: Instant) {
        let renew = Arc::new(renew);
        let (refresher, task_renew) = (self.clone(), Arc::clone(&renew));
        let task_sender = sender.clone();
        let renewal = async move {
            let obtaining = refresher.obtain(&task_renew, &task_sender, deadline);
            telemetry::renewal(obtaining).await
        };
        let renewal = tokio::spawn(renewal.in_current_span());
        let refresher = self.clone();
        tokio::spawn(async move {
            let renewed = renewal.await.unwrap_or(Err(RenewalFailure::Unreadable));
            let renewed = refresher.0.renewals.finish(&renew, renewed);
            sender.tell(renewed.clone());
            // Asked when the successor has been left: whoever signs out now finds it, and a sign-out
            // that came in between has found the tokens that are no more.
            if let Ok(successor) = &renewed
                && refresher.has_ended(&renew).await == Ok(true)
            {
                refresher.revoke_successor(successor).await;
            }
        });
    }

    /// What was left for this refresh token, or what the provider gives.
    async fn obtain(&self, renew: &Renew, sender: &Sender<Renewed>, deadline: Instant) -> Renewed {
        let coordinator = &*self.0.coordinator;
        let work = renewal(renew.key, Some(renew.session.generation));
        let left = soon(coordinator.find(work)).await.map_err(unreachable)?;
        if let Some(sealed) = left {
            self.must_live(renew).await?;
            return self.take_over(renew, &sealed, deadline).await;
        }
        let claim = sender.while_heard(claim(coordinator, work, deadline)).await;
        let claim = claim
            .ok_or(RenewalFailure::Crowded)?
            .map_err(unreachable)?
            .ok_or(RenewalFailure::Undecided)?;
        let lease = match claim {
            Claim::Granted(lease) => lease,
            Claim::Done(sealed) => {
                self.must_live(renew).await?;
                return self.take_over(renew, &sealed, deadline).await;
            }
            Claim::Spent => return Err(RenewalFailure::Refused),
        };
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = self.0.places.take(self.work(renew), turn);
        let place = sender.while_heard(waiting).await.flatten();
        let place = place.ok_or(RenewalFailure::Crowded)?;
        self.must_live(renew).await?;
        self.exchange(renew, place, lease, deadline).await
    }

    /// Which places a renewal waits for.
    fn work(&self, renew: &Renew) -> places::Work {
        places::Work::Refresh(self.user(renew))
    }

    fn user(&self, renew: &Renew) -> u64 {
        self.0.hasher.hash_one(&renew.profile.user_id)
    }

    /// Goes on with what another request or instance has left.
    async fn take_over(&self, renew: &Renew, sealed: &[u8], deadline: Instant) -> Renewed {
        let left = self.0.core.open_successor(&renew.key, sealed);
        let mut successor = left.ok_or(RenewalFailure::Refused)?;
        let verdict = self.approve(renew, &mut successor, None, deadline).await;
        if verdict.is_err_and(RenewalFailure::ends_session) {
            self.end(renew, &successor).await;
        }
        verdict.map(|()| Arc::new(successor))
    }

    /// A session that has ended gets no tokens.
    async fn must_live(&self, renew: &Renew) -> Result<(), RenewalFailure> {
        match self.has_ended(renew).await.map_err(unreachable)? {
            true => Err(RenewalFailure::NotWelcome),
            false => Ok(()),
        }
    }

    async fn has_ended(&self, renew: &Renew) -> Result<bool, Unreachable> {
        let coordinator = &self.0.coordinator;
        soon(coordinator.has_ended(renew.session, &renew.profile.user_id)).await
    }

    async fn exchange(
        &self,
        renew: &Renew,
        place: Place,
        lease: Box<dyn Lease>,
        deadline: Instant,
    ) -> Renewed {
        let Parts { core, clock, .. } = &*self.0;
        if !self.0.renewals.may_ask() {
            return Err(RenewalFailure::Crowded);
        }
        let exchange = Exchange::Renew(Box::new(renew.clone()));
        let answer = self.0.provider.run(&exchange, &place, deadline).await;
        let judged = core.judge_renewal(renew, &answer, clock.now());
        let judged = judged.map_err(|NotRenewed { failure, detail }| {
            let outcome = failure.as_str();
            tracing::warn!(outcome, detail = &*detail, "a session was not renewed");
            failure
        });
        let failure = judged.as_ref().err().copied();
        self.0.renewals.heard(self.user(renew), failure);
        let (mut successor, reports) = judged?;
        telemetry::log(&reports);
        if successor.was_stillborn() {
            self.0.renewals.rest(successor.key());
        }
        let user_data = self
            .read_user(renew, &mut successor, &place, deadline)
            .await;
        drop(place);
        let verdict = match user_data {
            Ok(user_data) => {
                self.approve(renew, &mut successor, user_data, deadline)
                    .await
            }
            Err(failure) => Err(failure),
        };
        if verdict.is_err_and(RenewalFailure::ends_session) {
            // Before the lease goes: nobody else shall renew it.
            self.end(renew, &successor).await;
        } else {
            tracing::debug!("a session was renewed");
            self.leave(renew, lease, &successor).await;
        }
        verdict.map(|()| Arc::new(successor))
    }

    /// The user data, if they were due and could be read.
    async fn read_user(
        &self,
        renew: &Renew,
        successor: &mut Successor,
        place: &Place,
        deadline: Instant,
    ) -> Result<Option<String>, RenewalFailure> {
        if !renew.reads_user || !successor.is_fresh(self.0.clock.now()) {
            return Ok(None);
        }
        let exchange = Exchange::UserData {
            access_token: successor.access_token(),
        };
        let answer = self.0.provider.run(&exchange, place, deadline).await;
        self.0
            .core
            .judge_user_again(renew, successor, &answer, self.0.clock.now())
            .inspect_err(|_| {
                tracing::error!("a renewed session has another user's data; it was ended");
            })
    }

    /// Asks `on_renew`, where its word is still to come. One that fails is asked again with the next
    /// request: the tokens are not lost for it.
    async fn approve(
        &self,
        renew: &Renew,
        successor: &mut Successor,
        user_data: Option<String>,
        deadline: Instant,
    ) -> Result<(), RenewalFailure> {
        let Some(on_renew) = &self.0.on_renew else {
            return Ok(());
        };
        if !successor.awaits_approval() {
            return Ok(());
        }
        let login = RenewedLogin::new(renew, successor, user_data);
        match approval::ask(on_renew, login, deadline).await {
            Some(Ok(approval)) => {
                successor.approve(approval.into_data());
                Ok(())
            }
            Some(Err(refusal)) if refusal.is_for_now() => {
                tracing::error!("on_renew could not decide now; it is asked again");
                Err(RenewalFailure::Undecided)
            }
            Some(Err(_)) => {
                tracing::info!("on_renew refused a user; the session was ended");
                Err(RenewalFailure::NotWelcome)
            }
            None => {
                tracing::error!("on_renew panicked, or did not answer within the deadline");
                Err(RenewalFailure::Undecided)
            }
        }
    }

    async fn leave(&self, renew: &Renew, lease: Box<dyn Lease>, successor: &Successor) {
        let Ok(entropy) = env::draw() else {
            tracing::error!("the operating system gives no entropy");
            return;
        };
        let sealed = self
            .0
            .core
            .seal_successor(&renew.key, successor, &entropy)
            .into_bytes();
        let outcome = Finished {
            version: successor.generation(),
            sealed,
            keep: UNCONFIRMED,
            spent: Duration::ZERO,
            session: Some(renew.session.id),
        };
        if soon(lease.finish(outcome)).await.is_err() {
            tracing::warn!("a renewal could not be left for other instances");
        }
    }

    pub(crate) async fn left_of(
        &self,
        key: [u8; 32],
        newer_than: Option<u32>,
    ) -> Option<Successor> {
        let found = soon(self.0.coordinator.find(renewal(key, newer_than)));
        let sealed = found.await.ok().flatten()?;
        self.0.core.open_successor(&key, &sealed)
    }

    /// Ends a session whose renewal has shown that it is over.
    async fn end(&self, renew: &Renew, successor: &Successor) {
        let ending = EndedSession::new(renew.session, &renew.profile.user_id);
        if soon(self.0.coordinator.end(ending)).await.is_err() {
            tracing::error!("a session that is over could not be ended on other instances");
        }
        self.revoke_successor(successor).await;
    }

    async fn revoke_successor(&self, successor: &Successor) {
        if let Some(revoke) = self.0.core.revocation(successor) {
            self.revoke(revoke).await;
        }
    }
}

fn unreachable(_: Unreachable) -> RenewalFailure {
    tracing::warn!("a session was not renewed: the coordinator can't be asked");
    UNAVAILABLE
}

fn renewal(key: [u8; 32], newer_than: Option<u32>) -> Work {
    Work {
        kind: WorkKind::Renewal,
        key,
        newer_than,
    }
}

#[cfg(test)]
#[path = "refresher_tests.rs"]
mod tests;
