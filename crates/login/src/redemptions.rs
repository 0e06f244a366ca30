//! One redemption for each login, however often its callback arrives.
//!
//! Rules: the first request's task redeems and outlives its browser; those that come meanwhile, or
//! within two seconds, get the same reply (a double click, two restored tabs); after that the
//! login is *spent* for ten minutes, which is longer than it could live, and nobody asks the
//! provider again. All of it holds among the instances that share a coordinator; without that, no
//! code is redeemed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{Answer, Exchange, Pending, Redeem, Reply};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::coming::{Coming, Sender, coming};
use crate::coordinator::{Claim, Finished, Lease, Unreachable, Work, WorkKind, claim, soon};
use crate::{Login, env, telemetry};

/// The key of a login: a hash of its `state`.
type Key = [u8; 32];

/// How long a finished reply is handed out again.
const JOIN_WINDOW: Duration = Duration::from_secs(2);
/// How long a login stays spent: as long as a transaction lives.
const SPENT_FOR: Duration = Duration::from_secs(10 * 60);

/// What is being redeemed in this process.
#[derive(Default)]
pub(crate) struct Redemptions(Mutex<HashMap<Key, Coming<Reply>>>);

impl Redemptions {
    /// The reply that is coming, and what tells it, for the first who asks.
    fn enter(&self, key: Key) -> (Coming<Reply>, Option<Sender<Reply>>) {
        let mut table = self.table();
        let under_way = table.get(&key).filter(|coming| coming.is_under_way());
        if let Some(coming) = under_way {
            return (coming.clone(), None);
        }
        let (sender, coming) = coming();
        table.insert(key, coming.clone());
        (coming, Some(sender))
    }

    fn leave(&self, key: &Key) {
        self.table().remove(key);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Key, Coming<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Login {
    /// Redeems in a task of its own, which outlives the browser's connection: a code that was sent
    /// is spent, whoever still listens.
    pub(crate) async fn redeem_once(
        &self,
        redeem: Redeem,
        pending: Pending,
        deadline: Instant,
    ) -> Reply {
        let key = redeem.key;
        let (coming, first) = self.0.redemptions.enter(key);
        if let Some(sender) = first {
            let login = self.clone();
            let redemption = async move {
                let reply = login.redeem(redeem, pending, deadline).await;
                sender.tell(reply);
                login.0.redemptions.leave(&key);
            };
            tokio::spawn(redemption.instrument(telemetry::sign_in()));
        }
        let reply = coming.outcome().await;
        reply.unwrap_or_else(|| self.0.core.internal_error())
    }

    async fn redeem(&self, redeem: Redeem, pending: Pending, deadline: Instant) -> Reply {
        let key = redeem.key;
        let work = Work {
            kind: WorkKind::Redemption,
            key,
            newer_than: None,
        };
        let lease = match claim(&*self.0.coordinator, work, deadline).await {
            Ok(Some(Claim::Granted(lease))) => lease,
            Ok(Some(Claim::Done(sealed))) => {
                return match self.0.core.open_reply(&key, &sealed) {
                    Some(reply) => reply,
                    None => self.last_word(pending, Answer::Spent),
                };
            }
            Ok(Some(Claim::Spent)) => return self.last_word(pending, Answer::Spent),
            Err(Unreachable) | Ok(None) => {
                return self.last_word(pending, Answer::Undecided);
            }
        };
        let login = self.clone();
        let driven = async move {
            let exchange = Exchange::Redeem(Box::new(redeem));
            login.drive(exchange, pending, deadline).await
        };
        let reply = tokio::spawn(driven.in_current_span())
            .await
            .unwrap_or_else(|_| self.0.core.internal_error());
        telemetry::sign_in_ends(&reply);
        let reply = self.ending(reply).await;
        self.leave_reply(key, lease, &reply).await;
        reply
    }

    /// What is left is the reply as it goes out. Where none can be left, the login is spent all the
    /// same.
    async fn leave_reply(&self, key: Key, lease: Box<dyn Lease>, reply: &Reply) {
        let sealed = env::draw().map(|entropy| self.0.core.seal_reply(&key, reply, &entropy));
        let outcome = Finished {
            version: 0,
            sealed: sealed.unwrap_or_default().into_bytes(),
            keep: JOIN_WINDOW,
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
