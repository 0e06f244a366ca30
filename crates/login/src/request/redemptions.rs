//! One redemption for each login, however often its callback arrives.
//!
//! Rules:
//! - The first request's task redeems. Until it has a place (`places.rs`), it ends when its browser has
//!   gone; from then on it outlives it: a code that was sent is spent.
//! - The place comes first and the claim second: a callback that is turned away leaves nothing behind.
//! - Those that come meanwhile, or within two seconds of a sign-in, get the same reply (a double click, two
//!   restored tabs). After that the login is *spent* for ten minutes, which is longer than it could live,
//!   and FNCY is not asked again. A code that led to no sign-in is spent at once, and leaves no reply.
//! - All of it holds among the instances that share a store; without that, no code is redeemed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Event, Failure, Redeeming, Reply, Severity};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::observe::{clock, telemetry};
use crate::provider::places;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::request::login::Login;
use crate::request::sign_in::REQUEST_DEADLINE;
use crate::store::deadlines::{claim, soon};
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};
use crate::store::leases::{Claim, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::store_error::StoreError;

/// The key of a login: a hash of its `state`.
type Key = [u8; 32];

/// How long a finished reply is handed out again.
const JOIN_WINDOW: Duration = Duration::from_secs(2);
/// How long a login stays spent: as long as a transaction lives.
const SPENT_FOR: Duration = Duration::from_secs(10 * 60);

/// What is being redeemed in this process.
#[derive(Default)]
pub(crate) struct Redemptions(Mutex<HashMap<Key, UnderWay<Reply>>>);

impl Redemptions {
    /// The reply that is coming, and what tells it, for the first who asks.
    fn enter(&self, key: Key) -> (InFlight<Reply>, Option<Sender<Reply>>) {
        let mut table = self.table();
        if let Some(coming) = table.get(&key).and_then(UnderWay::join) {
            return (coming, None);
        }
        let (sender, coming) = in_flight();
        table.insert(key, sender.under_way());
        (coming, Some(sender))
    }

    fn leave(&self, key: &Key) {
        self.table().remove(key);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Key, UnderWay<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Login {
    /// Redeems in a task of its own, for a client.
    pub(crate) async fn redeem_once(&self, redeeming: Redeeming, client: u64) -> Box<Reply> {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        let (key, replies) = (redeeming.redeem().key, redeeming.replies());
        let mut own = Some(redeeming);
        while Instant::now() < deadline {
            let (in_flight, first) = self.0.redemptions.enter(key);
            if let Some(sender) = first {
                let Some(redeeming) = own.take() else {
                    // The task of this very request has gone without a result.
                    self.0.redemptions.leave(&key);
                    break;
                };
                let login = self.clone();
                let redemption = async move {
                    let redeeming = login.redeem(redeeming, client, &sender, deadline);
                    sender.tell(*redeeming.await);
                    login.0.redemptions.leave(&key);
                };
                tokio::spawn(redemption.instrument(telemetry::sign_in()));
            }
            if let Some(reply) = in_flight.outcome(deadline).await {
                return Box::new(reply);
            }
        }
        self.send(match own {
            Some(redeeming) => redeeming.lost(Failure::TimedOut),
            None => replies.unfinished(),
        })
    }

    async fn redeem(
        &self,
        redeeming: Redeeming,
        client: u64,
        sender: &Sender<Reply>,
        deadline: Instant,
    ) -> Box<Reply> {
        let key = redeeming.redeem().key;
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = self.0.places.take(places::Work::SignIn(client), turn);
        let Some(place) = sender.while_heard(waiting).await.flatten() else {
            return self.turn_away(redeeming);
        };
        let replies = redeeming.replies();
        let lease_key = LeaseKey::new(LeaseKind::Redemption, key);
        let lease = match claim(&*self.0.store, lease_key, None, deadline).await {
            Ok(Some(Claim::Granted(lease))) => lease,
            Ok(Some(Claim::Done(sealed))) => {
                let left = replies.open(&sealed);
                return left.unwrap_or_else(|| self.send(redeeming.spent()));
            }
            Ok(Some(Claim::Spent)) => return self.send(redeeming.spent()),
            Err(StoreError) | Ok(None) => return self.send(redeeming.undecided()),
        };
        let login = self.clone();
        let signing_in = async move { login.sign_in(redeeming, place, deadline).await };
        let reply = tokio::spawn(signing_in.in_current_span())
            .await
            .unwrap_or_else(|_| replies.panicked());
        telemetry::sign_in_ends(&reply);
        let signs_in = reply.events.contains(&Event::SignInFinished);
        let reply = self.ending(reply).await;
        // A code that led to no sign-in leaves no reply: strangers cause those.
        let outcome = match signs_in.then(clock::entropy).flatten() {
            Some(entropy) => LeaseOutcome::new(replies.seal(&reply, &entropy), JOIN_WINDOW),
            None => LeaseOutcome::empty(),
        };
        let outcome = outcome.with_spent(SPENT_FOR);
        if soon(lease.finish(outcome)).await.is_err() {
            tracing::warn!("a redemption could not be left for other instances");
        }
        reply
    }

    /// The reply to a callback that got no place. Strangers cause any number of them, so that none is an error in the
    /// log: one warning a minute speaks of all (`places.rs`).
    fn turn_away(&self, redeeming: Redeeming) -> Box<Reply> {
        let mut reply = redeeming.lost(Failure::Crowded);
        for report in &mut reply.reports {
            report.severity = Severity::Info;
        }
        self.send(reply)
    }
}

#[cfg(test)]
mod tests {
    use super::Redemptions;

    #[test]
    fn c21_a_redemption_whose_task_has_gone_is_begun_again() {
        let redemptions = Redemptions::default();
        let (_, first) = redemptions.enter([1; 32]);
        assert!(first.is_some());
        assert!(redemptions.enter([1; 32]).1.is_none(), "it is under way");
        // With the runtime that the task was of, such as an actix worker's.
        drop(first);
        assert!(redemptions.enter([1; 32]).1.is_some());
        redemptions.leave(&[1; 32]);
        assert!(redemptions.table().is_empty());
    }
}
