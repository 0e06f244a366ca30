//! Renewing a session's tokens: what `renewals.rs` remembers, put to use.
//!
//! Rule: the exchange and the user data behind it run in a task of their own, which nobody who
//! waits for it can end.

use std::sync::Arc;

use fncy_login_core::{Exchange, Renew, RenewalFailure, Successor};
use tokio::time::Instant;

use crate::Login;
use crate::renewals::{Entered, Renewed, Sender};

/// A session whose cookie was lost so many times in a row has been lost altogether.
const MAX_CHAIN: usize = 16;

impl Login {
    /// The newest tokens that a refresh token leads to, from memory or from the provider.
    pub(crate) async fn renew_once(&self, mut renew: Renew, deadline: Instant) -> Renewed {
        for _ in 0..MAX_CHAIN {
            let may_start = renew.is_urgent || self.0.provider.http.is_free();
            let entered = self.0.renewals.enter(&renew, self.0.clock.now(), may_start);
            let mut coming = match entered {
                Entered::Failed(failure) => return Err(failure),
                Entered::Known(successor) if successor.is_fresh(self.0.clock.now()) => {
                    return Ok(successor);
                }
                Entered::Known(successor) => {
                    renew = renew.again(&successor).ok_or(RenewalFailure::Refused)?;
                    continue;
                }
                Entered::Joined(coming) => coming,
                Entered::First(sender, coming) => {
                    self.start_renewal(renew, sender, deadline);
                    coming
                }
            };
            let renewed = coming.wait_for(Option::is_some).await;
            // An error means that the task panicked.
            return renewed
                .ok()
                .and_then(|renewed| renewed.clone())
                .unwrap_or(Err(RenewalFailure::Unreadable));
        }
        Err(RenewalFailure::Refused)
    }

    /// Renews in a task of its own: a refresh token that was sent is spent, whoever still waits.
    fn start_renewal(&self, renew: Renew, sender: Sender, deadline: Instant) {
        let renew = Arc::new(renew);
        let (login, task_renew) = (self.clone(), Arc::clone(&renew));
        let renewal = tokio::spawn(async move { login.renew(&task_renew, deadline).await });
        let login = self.clone();
        tokio::spawn(async move {
            let renewed = renewal.await.unwrap_or(Err(RenewalFailure::Unreadable));
            login.0.renewals.finish(&renew, &renewed);
            sender.send_replace(Some(renewed.clone()));
            if let Ok(successor) = &renewed
                && login.has_ended(&renew.session)
            {
                login
                    .0
                    .provider
                    .run(&successor.revocation(), deadline)
                    .await;
            }
        });
    }

    async fn renew(&self, renew: &Renew, deadline: Instant) -> Renewed {
        let exchange = Exchange::Renew(Box::new(renew.clone()));
        let answer = self.0.provider.run(&exchange, deadline).await;
        let now = self.0.clock.now();
        let successor = self
            .0
            .core
            .judge_renewal(renew, &answer, now)
            .inspect_err(|failure| tracing::warn!(?failure, "a session was not renewed"))?;
        let successor = self.read_user(renew, successor, deadline).await?;
        Ok(Arc::new(successor))
    }

    async fn read_user(
        &self,
        renew: &Renew,
        successor: Successor,
        deadline: Instant,
    ) -> Result<Successor, RenewalFailure> {
        if !renew.reads_user || !successor.is_fresh(self.0.clock.now()) {
            return Ok(successor);
        }
        let exchange = Exchange::UserData {
            access_token: successor.access_token(),
        };
        let answer = self.0.provider.run(&exchange, deadline).await;
        self.0
            .core
            .judge_user_again(renew, successor, &answer)
            .inspect_err(|_| {
                tracing::error!("a renewed session has another user's data; it was ended");
            })
    }

    /// A revocation of the tokens that the given one has led to: a browser that signs out may not
    /// have got the newest cookie.
    pub(crate) fn latest(&self, exchange: Exchange) -> Exchange {
        let Exchange::Revoke { token, kind } = exchange else {
            return exchange;
        };
        let mut newest = None;
        let mut key = self.0.core.token_digest(&token);
        // Bounded, since a provider may give an old token out again.
        for _ in 0..MAX_CHAIN {
            let Some(successor) = self.0.renewals.latest(&key) else {
                break;
            };
            key = successor.key();
            newest = Some(successor);
        }
        match newest {
            Some(successor) => successor.revocation(),
            None => Exchange::Revoke { token, kind },
        }
    }
}
