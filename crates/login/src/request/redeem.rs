//! The redemption of an authorization code: one for each transaction, even if its callback arrives several times.
//!
//! Rules:
//! - The first request starts a task that redeems. Until the task has a place (`places.rs`), it ends when its last
//!   browser closes the connection. After that it runs to its end, since a code that was sent is used up.
//! - The place comes first and the lease second. A callback that is turned away leaves no entry in the store.
//! - Callbacks that arrive meanwhile, or within two seconds after a sign-in, get the same reply (a double click, two
//!   restored tabs). After that, the code is *spent* for ten minutes, which is longer than FNCY accepts it. FNCY isn't
//!   asked again. A code that led to no sign-in is spent at once, and its reply isn't stored.
//! - These rules hold among all instances that share a store. If the store can't be asked, no code is redeemed.

use std::pin::pin;
use std::time::Duration;

use fncy_login_core::{Event, Failure, Redeeming, Reply, Severity};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::handle::caller::Caller;
use crate::handle::login::Login;
use crate::handle::replies::{ending, send};
use crate::observe::once_per_minute::limited;
use crate::observe::{clock, telemetry};
use crate::provider::places;
use crate::provider::sender::{EXCHANGE_DEADLINE, REQUEST_DEADLINE};
use crate::request::sign_in::sign_in;
use crate::store::in_flight::Sender;
use crate::store::leases::{Claim, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::store_error::StoreError;

/// How long later callbacks get the reply of a sign-in.
const JOIN_WINDOW: Duration = Duration::from_secs(2);
/// How long a code stays spent, which is the lifetime of a transaction.
const SPENT_FOR: Duration = Duration::from_secs(10 * 60);

/// The reply to a callback of this caller. The redemption runs in a task of its own.
pub(crate) async fn redeem_once(login: &Login, redeeming: Redeeming, caller: Caller) -> Box<Reply> {
    let deadline = Instant::now() + REQUEST_DEADLINE;
    let (key, replies) = (redeeming.redeem().key, redeeming.replies());
    let request = caller.request.clone();
    let mut own = Some((redeeming, caller));
    while Instant::now() < deadline {
        let (in_flight, first) = login.0.redemptions.enter(key);
        if let Some(sender) = first {
            let Some((redeeming, caller)) = own.take() else {
                // The task of this same request has ended without a reply.
                login.0.redemptions.leave(&key);
                break;
            };
            let (tasks, login) = (&login.0.tasks, login.clone());
            let redemption = async move {
                login.0.telemetry.meter.returned();
                let began = Instant::now();
                let reply = redeem(&login, redeeming, caller, &sender, deadline).await;
                telemetry::sign_in_ends(&reply);
                sender.tell(*reply);
                login.0.telemetry.meter.sign_in(began.elapsed());
                login.0.redemptions.leave(&key);
            };
            tasks.spawn(redemption.instrument(telemetry::sign_in()));
        }
        if let Some(reply) = in_flight.outcome(deadline).await {
            return Box::new(reply);
        }
    }
    let reply = match own {
        Some((redeeming, _)) => redeeming.lost(Failure::TimedOut),
        None => replies.unfinished(),
    };
    send(login, reply, request.as_ref())
}

async fn redeem(
    login: &Login,
    redeeming: Redeeming,
    caller: Caller,
    sender: &Sender<Reply>,
    deadline: Instant,
) -> Box<Reply> {
    let (key, request) = (redeeming.redeem().key, caller.request.clone());
    let send = |reply| send(login, reply, request.as_ref());
    let turn = deadline - EXCHANGE_DEADLINE;
    let waiting = pin!(
        login
            .0
            .places
            .take(places::Work::SignIn(caller.client), turn)
    );
    let Some(place) = sender.while_heard(waiting).await.flatten() else {
        return send(turned_away(redeeming));
    };
    let replies = redeeming.replies();
    let lease_key = LeaseKey::new(LeaseKind::Redemption, key);
    let lease = match login.0.store.claim(lease_key, None, deadline).await {
        Ok(Some(Claim::Granted(lease))) => lease,
        Ok(Some(Claim::Done(sealed))) => {
            let left = replies.open(&sealed);
            return left.unwrap_or_else(|| send(redeeming.spent()));
        }
        Ok(Some(Claim::Spent)) => return send(redeeming.spent()),
        Err(StoreError) | Ok(None) => return send(redeeming.undecided()),
    };
    let task_login = login.clone();
    let signing_in = async move { sign_in(&task_login, redeeming, caller, place, deadline).await };
    let signing_in = login.0.tasks.spawn(signing_in.in_current_span());
    let reply = signing_in.await.unwrap_or_else(|_| replies.panicked());
    let signs_in = reply.events.contains(&Event::SignInFinished);
    let reply = ending(login, reply, request.as_ref()).await;
    // Strangers can cause failures, so only the reply of a sign-in is stored.
    let outcome = match signs_in.then(clock::entropy).flatten() {
        Some(entropy) => LeaseOutcome::new(replies.seal(&reply, &entropy), JOIN_WINDOW),
        None => LeaseOutcome::empty(),
    };
    let outcome = outcome.with_spent(SPENT_FOR);
    if login.0.store.finish(lease, outcome).await.is_err() {
        limited!(
            login.0.telemetry,
            warn,
            "a redemption could not be stored for other instances"
        );
    }
    reply
}

/// The reply to a callback that got no place.
///
/// Strangers can cause any number of them, so each is at info in the log. One warning a minute covers all (`places.rs`).
fn turned_away(redeeming: Redeeming) -> Box<Reply> {
    let mut reply = redeeming.lost(Failure::Crowded);
    for report in &mut reply.reports {
        report.severity = Severity::Info;
    }
    reply
}
