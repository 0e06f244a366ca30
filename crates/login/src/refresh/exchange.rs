//! The refresh of one token: take over an outcome of the store, or drive the core's second machine.
//!
//! ```text
//!  find --> claim --> place --> exchange --> user data --> on_refresh --> publish: sealed, for all who wait
//!    |        |                                               ^
//!    \--------+--> an outcome: on_refresh, if its answer is still to come
//! ```
//!
//! Rules:
//! - A refresh token is exchanged once among all instances, under a lease of the [`SharedStore`]. Without a lease no
//!   token is exchanged.
//! - Until it has a place, the task ends when its last waiter has gone. After that it runs to its end, since a refresh
//!   token that was sent may be used up. The exchange begins only if the lease outlasts it and all that follows. This is
//!   checked with the claim and again just before the exchange, since a process may be suspended in between.
//! - The store is asked before a place is taken, so a full line stops no request that needs no exchange. The lease
//!   comes before the place, so a request that waits for another instance holds no place.
//! - The published outcome is the provider's answer, sealed. It is never a cookie.
//!
//! [`SharedStore`]: crate::store::shared_store::SharedStore

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    EndedRefresh, Exchange, Exchanged, HookAnswer, NotRefreshed, RefreshApproved, RefreshFailure,
    RefreshRequest, RefreshedTokens, Subject, UserKnown, UserReadAgain,
};
use tokio::time::Instant;

use crate::hooks::approval::RefreshedLogin;
use crate::hooks::ask::ask;
use crate::hooks::login_event::{LoginEventKind, RefusedBy};
use crate::hooks::request_context::RequestContext;
use crate::observe::clock;
use crate::observe::once_per_minute::limited;
use crate::provider::places::Place;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::refresh::parts::Parts;
use crate::refresh::refreshes::Refreshed;
use crate::refresh::revocation::revoke_token;
use crate::store::in_flight::Sender;
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::store_client::outlasts;

/// How long refreshed tokens stay that no request has shown, for example because a laptop was closed.
const UNCONFIRMED: Duration = Duration::from_secs(60 * 60);

/// The tokens for one refresh token: those that the store has, or new ones from the provider.
///
/// The steps before and after the wait for a place are boxed, since thousands may wait.
pub(crate) async fn obtain(
    parts: &Parts,
    request: &Arc<RefreshRequest>,
    by: Option<RequestContext>,
    sender: &Sender<Refreshed>,
    deadline: Instant,
) -> Refreshed {
    let lease = match Box::pin(find_or_claim(parts, request, sender, deadline)).await? {
        Claim::Granted(lease) => lease,
        Claim::Done(sealed) => {
            return Box::pin(take_over(parts, request, by, &sealed, deadline)).await;
        }
        Claim::Spent => return Err(RefreshFailure::Refused),
    };
    let turn = deadline - EXCHANGE_DEADLINE;
    let waiting = pin!(parts.places.take(parts.work(request), turn));
    let place = sender.while_heard(waiting).await.flatten();
    let Some(place) = place else {
        tracing::debug!("a session was not refreshed: too many others wait for the provider");
        return Err(RefreshFailure::Crowded);
    };
    Box::pin(with_place(parts, request, by, lease, place, deadline)).await
}

/// Refreshes with a lease and a place.
async fn with_place(
    parts: &Parts,
    request: &Arc<RefreshRequest>,
    by: Option<RequestContext>,
    lease: Box<dyn Lease>,
    place: Place,
    deadline: Instant,
) -> Refreshed {
    parts.must_be_live(request).await?;
    // If the process was suspended since the claim, another instance may hold the lease by now.
    if !outlasts(&*lease, deadline, 1) {
        tracing::debug!("a session was not refreshed: its lease is too short by now");
        return Err(RefreshFailure::Crowded);
    }
    if !parts.refreshes.may_ask() {
        return Err(RefreshFailure::Crowded);
    }
    let known = exchange(parts, request, by.as_ref(), place, deadline).await?;
    match approve(parts, known, by.clone(), deadline).await {
        RefreshApproved::Leave(tokens) => {
            publish(parts, request, lease, &tokens).await;
            parts.tell(LoginEventKind::Refreshed, request, by.as_ref());
            Ok(Arc::from(tokens))
        }
        RefreshApproved::Undecided(tokens) => {
            publish(parts, request, lease, &tokens).await;
            Err(RefreshFailure::Undecided)
        }
        // The lease is held until the session is revoked, so that no other request refreshes it.
        RefreshApproved::End(ended) => Err(end(parts, *ended, by.as_ref()).await),
    }
}

/// The outcome that the store has, or a lease.
async fn find_or_claim(
    parts: &Parts,
    request: &RefreshRequest,
    sender: &Sender<Refreshed>,
    deadline: Instant,
) -> Result<Claim, RefreshFailure> {
    let key = LeaseKey::new(LeaseKind::Refresh, request.key);
    let newer_than = Some(request.session.generation());
    let unreachable = |error| parts.unreachable(error);
    let found = parts.store.find(key, newer_than).await;
    if let Some(sealed) = found.map_err(unreachable)? {
        return Ok(Claim::Done(sealed));
    }
    let claiming = parts.store.claim(key, newer_than, deadline);
    let claimed = sender.while_heard(pin!(claiming)).await;
    claimed
        .ok_or(RefreshFailure::Crowded)?
        .map_err(unreachable)?
        .ok_or(RefreshFailure::Undecided)
}

/// Goes on with the outcome of another request or instance.
async fn take_over(
    parts: &Parts,
    request: &RefreshRequest,
    by: Option<RequestContext>,
    sealed: &[u8],
    deadline: Instant,
) -> Refreshed {
    parts.must_be_live(request).await?;
    let known = parts.machine.take_over(request, sealed);
    let known = known.ok_or(RefreshFailure::Refused)?;
    match approve(parts, known, by.clone(), deadline).await {
        RefreshApproved::Leave(tokens) => Ok(Arc::from(tokens)),
        RefreshApproved::Undecided(_) => Err(RefreshFailure::Undecided),
        RefreshApproved::End(ended) => Err(end(parts, *ended, by.as_ref()).await),
    }
}

/// Exchanges the refresh token, and reads the user data if that is due. The place is held until then.
async fn exchange(
    parts: &Parts,
    request: &Arc<RefreshRequest>,
    by: Option<&RequestContext>,
    place: Place,
    deadline: Instant,
) -> Result<UserKnown, RefreshFailure> {
    let (provider, clock) = (&parts.provider, &parts.clock);
    let exchanging = parts.machine.exchange(Arc::clone(request));
    let refresh_token = exchanging.refresh_token();
    let exchange = Exchange::Refresh { refresh_token };
    let answer = provider.run(exchange, &place, deadline).await;
    let (exchanged, reports) = exchanging.answered(answer, clock.now());
    parts.telemetry.log(&reports, None);
    let failure = match &exchanged {
        Exchanged::Failed(not_refreshed) => Some(not_refreshed.failure),
        Exchanged::ReadUser(_) | Exchanged::Known(_) => None,
    };
    if let Some(are_paused) = parts.refreshes.answered(parts.user(request), failure) {
        parts.telemetry.refreshes_paused(are_paused, failure);
    }
    let reading = match exchanged {
        Exchanged::Failed(failed) => {
            let NotRefreshed { status, cause, .. } = &failed;
            let (outcome, cause, detail) =
                (failed.failure.as_str(), cause.as_deref(), &*failed.detail);
            limited!(
                parts.telemetry,
                warn,
                "a session was not refreshed",
                by(outcome, status),
                outcome,
                status,
                cause,
                detail
            );
            return Err(failed.failure);
        }
        Exchanged::Known(known) => return Ok(known),
        Exchanged::ReadUser(reading) => reading,
    };
    let access_token = reading.access_token();
    let exchange = Exchange::UserData { access_token };
    let answer = provider.run(exchange, &place, deadline).await;
    drop(place);
    match reading.answered(answer, clock.now()) {
        UserReadAgain::Known(known) | UserReadAgain::Unread(known, _) => Ok(known),
        UserReadAgain::End(ended) => {
            tracing::error!(
                "the user data after a refresh belongs to another user; the session was revoked"
            );
            Err(end(parts, *ended, by).await)
        }
    }
}

/// Asks `on_refresh`, if its answer is still to come. If the hook fails, a later request asks again.
pub(crate) async fn approve(
    parts: &Parts,
    known: UserKnown,
    by: Option<RequestContext>,
    deadline: Instant,
) -> RefreshApproved {
    let approving = match known {
        UserKnown::Leave(tokens) => return RefreshApproved::Leave(tokens),
        UserKnown::Approve(approving) => approving,
    };
    let Some(on_refresh) = &parts.on_refresh else {
        return approving.answered(HookAnswer::Approved { data: None });
    };
    let login = RefreshedLogin::new(approving.candidate(), by.unwrap_or_default());
    let answer = ask(on_refresh, login, deadline).await;
    match &answer {
        HookAnswer::Approved { .. } => {}
        HookAnswer::Refused { .. } => {
            tracing::info!("on_refresh refused a user; the session was revoked");
        }
        HookAnswer::Undecided => {
            limited!(
                parts.telemetry,
                error,
                "on_refresh could not decide; a later request asks it again"
            );
        }
        HookAnswer::Failed => {
            limited!(
                parts.telemetry,
                error,
                "on_refresh panicked, or did not answer within the deadline"
            );
        }
    }
    approving.answered(answer)
}

/// Gives the tokens to all requests that wait for the lease, and to later ones.
async fn publish(
    parts: &Parts,
    request: &RefreshRequest,
    lease: Box<dyn Lease>,
    tokens: &RefreshedTokens,
) {
    tracing::debug!("a session was refreshed");
    // In both cases the next request would refresh at once, again without success.
    if tokens.was_stillborn() || request.lacks_user(tokens) {
        parts.refreshes.rest(tokens.key());
    }
    let Some(entropy) = clock::entropy() else {
        return;
    };
    let sealed = parts.machine.seal(&request.key, tokens, &entropy);
    let outcome = LeaseOutcome::new(sealed, UNCONFIRMED)
        .with_version(tokens.generation())
        .with_session(request.session.id());
    if parts.store.finish(lease, outcome).await.is_err() {
        limited!(
            parts.telemetry,
            warn,
            "refreshed tokens could not be stored for other instances"
        );
    }
}

/// Revokes a session whose refresh has shown that it is over, and its tokens.
async fn end(parts: &Parts, ended: EndedRefresh, by: Option<&RequestContext>) -> RefreshFailure {
    tell_refused(parts, &ended, by);
    if parts.store.revoke(ended.session).await.is_err() {
        limited!(
            parts.telemetry,
            error,
            "a session was revoked by its refresh, and the other instances could not be told"
        );
    }
    if let Some(revoke) = ended.revoke {
        revoke_token(parts, revoke).await;
    }
    ended.failure
}

/// Tells `on_event` that a session ends because its user was refused. `by` is the request.
pub(crate) fn tell_refused(parts: &Parts, ended: &EndedRefresh, by: Option<&RequestContext>) {
    let refused_by = match ended.failure {
        RefreshFailure::OtherUser => RefusedBy::Login,
        _ => RefusedBy::Application,
    };
    let subject = Subject {
        user_id: ended.session.user_id().to_owned(),
        session: Some(ended.session.session().id()),
    };
    let kind = LoginEventKind::RefreshRefused { by: refused_by };
    parts.events.tell(kind, Some(&subject), None, by);
}
