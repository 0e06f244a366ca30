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

use fncy_login_core::{Answer, Exchange, Failure, Pending, Redeem, Reply};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::coordinator::{Claim, Finished, Lease, Unreachable, Work, WorkKind, soon};
use crate::{Login, env};

/// The key of a login: a hash of its `state`.
type Key = [u8; 32];
/// A reply that is coming.
type Coming = watch::Receiver<Option<Reply>>;

/// How long a finished reply is handed out again.
const JOIN_WINDOW: Duration = Duration::from_secs(2);
/// How long a login stays spent: as long as a transaction lives.
const SPENT_FOR: Duration = Duration::from_secs(10 * 60);

/// What is being redeemed in this process.
#[derive(Default)]
pub(crate) struct Redemptions(Mutex<HashMap<Key, Coming>>);

impl Redemptions {
    /// The reply that is coming, and what tells it, for the first who asks.
    fn enter(&self, key: Key) -> (Coming, Option<watch::Sender<Option<Reply>>>) {
        let mut table = self.table();
        if let Some(coming) = table.get(&key) {
            return (coming.clone(), None);
        }
        let (sender, coming) = watch::channel(None);
        table.insert(key, coming.clone());
        (coming, Some(sender))
    }

    fn leave(&self, key: &Key) {
        self.table().remove(key);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Key, Coming>> {
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
        let (mut coming, first) = self.0.redemptions.enter(key);
        if let Some(sender) = first {
            let login = self.clone();
            tokio::spawn(async move {
                let reply = login.redeem(redeem, pending, deadline).await;
                sender.send_replace(Some(reply));
                login.0.redemptions.leave(&key);
            });
        }
        let reply = coming.wait_for(Option::is_some).await;
        reply
            .ok()
            .and_then(|reply| reply.clone())
            .unwrap_or_else(|| self.0.core.internal_error())
    }

    async fn redeem(&self, redeem: Redeem, pending: Pending, deadline: Instant) -> Reply {
        let key = redeem.key;
        let claim = self.0.coordinator.claim(Work {
            kind: WorkKind::Redemption,
            key,
            newer_than: None,
        });
        let lease = match timeout_at(deadline, claim).await {
            Ok(Ok(Claim::Granted(lease))) => lease,
            Ok(Ok(Claim::Done(sealed))) => {
                return match self.0.core.open_reply(&key, &sealed) {
                    Some(reply) => reply,
                    None => self.last_word(pending, Answer::Spent),
                };
            }
            Ok(Ok(Claim::Spent)) => return self.last_word(pending, Answer::Spent),
            Ok(Err(Unreachable)) | Err(_) => {
                tracing::error!("a code was not redeemed: the coordinator can't be asked");
                return self.last_word(pending, Answer::Failed(Failure::Transport));
            }
        };
        let login = self.clone();
        let driven = tokio::spawn(async move {
            let exchange = Exchange::Redeem(redeem);
            login.drive(exchange, pending, deadline).await
        });
        let reply = driven
            .await
            .unwrap_or_else(|_| self.0.core.internal_error());
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
