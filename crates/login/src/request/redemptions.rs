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

use fncy_login_core::{Answer, Event, Failure, Pending, Redeem, Reply};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::observe::{clock, telemetry};
use crate::provider::places;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::request::login::Login;
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};
use crate::store::shared_store::{Claim, Finished, Lease, StoreError, Work, WorkKind, claim, soon};

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
    pub(crate) async fn redeem_once(
        &self,
        redeem: Redeem,
        pending: Pending,
        client: u64,
        deadline: Instant,
    ) -> Reply {
        let key = redeem.key;
        let mut own = Some((redeem, pending));
        while Instant::now() < deadline {
            let (coming, first) = self.0.redemptions.enter(key);
            if let Some(sender) = first {
                let Some((redeem, pending)) = own.take() else {
                    // The task of this very request has gone without a word.
                    self.0.redemptions.leave(&key);
                    break;
                };
                let login = self.clone();
                let redemption = async move {
                    let redeeming = login.redeem(redeem, pending, client, &sender, deadline);
                    sender.tell(redeeming.await);
                    login.0.redemptions.leave(&key);
                };
                tokio::spawn(redemption.instrument(telemetry::sign_in()));
            }
            if let Some(reply) = coming.outcome(deadline).await {
                return reply;
            }
        }
        match own {
            Some((_, pending)) => self.last_word(pending, Answer::Failed(Failure::TimedOut)),
            None => self.send(self.0.core.unfinished()),
        }
    }

    async fn redeem(
        &self,
        redeem: Redeem,
        pending: Pending,
        client: u64,
        sender: &Sender<Reply>,
        deadline: Instant,
    ) -> Reply {
        let key = redeem.key;
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = self.0.places.take(places::Work::SignIn(client), turn);
        let Some(place) = sender.while_heard(waiting).await.flatten() else {
            return self.turned_away(pending);
        };
        let work = Work {
            kind: WorkKind::Redemption,
            key,
            newer_than: None,
        };
        let lease = match claim(&*self.0.store, work, deadline).await {
            Ok(Some(Claim::Granted(lease))) => lease,
            Ok(Some(Claim::Done(sealed))) => {
                return match self.0.core.open_reply(&key, &sealed) {
                    Some(reply) => reply,
                    None => self.last_word(pending, Answer::Spent),
                };
            }
            Ok(Some(Claim::Spent)) => return self.last_word(pending, Answer::Spent),
            Err(StoreError) | Ok(None) => {
                return self.last_word(pending, Answer::Undecided);
            }
        };
        let login = self.clone();
        let driven = async move { login.drive(redeem, pending, place, deadline).await };
        let reply = tokio::spawn(driven.in_current_span())
            .await
            .unwrap_or_else(|_| self.0.core.internal_error());
        telemetry::sign_in_ends(&reply);
        let signs_in = reply.events.contains(&Event::SignInFinished);
        let reply = self.ending(reply).await;
        self.leave_reply(key, lease, &reply, signs_in).await;
        reply
    }

    /// What is left of a sign-in is the reply as it goes out. Where none can be left, the login is spent all
    /// the same. Of anything else nothing is left: strangers cause it.
    async fn leave_reply(&self, key: Key, lease: Box<dyn Lease>, reply: &Reply, signs_in: bool) {
        let sealed = if signs_in {
            let sealed = clock::draw().map(|entropy| self.0.core.seal_reply(&key, reply, &entropy));
            sealed.unwrap_or_default()
        } else {
            String::new()
        };
        let outcome = Finished {
            version: 0,
            sealed: sealed.into_bytes(),
            keep: if signs_in {
                JOIN_WINDOW
            } else {
                Duration::ZERO
            },
            spent: SPENT_FOR,
            session: None,
        };
        if soon(lease.finish(outcome)).await.is_err() {
            tracing::warn!("a redemption could not be left for other instances");
        }
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
