//! The prefixes that accept bearer tokens, and the questions about their tokens.
//!
//! Rules:
//! - A question has a place at the provider, in a line of its own. A JWT needs none: its keys are here, or are read for
//!   all tokens at once. Strangers with invented tokens delay no sign-in and no
//!   refresh.
//! - A question ends with its last request until it has a place. After that it runs to its end.

use std::pin::pin;
use std::sync::Arc;

use fncy_login_core::{BearerMachine, BearerRefusal, Exchange, Secret, TokenPolicy};
use tokio::time::Instant;

use crate::bearer::bearer_check::TokenQuestion;
#[cfg(feature = "jwt")]
use crate::bearer::jwt::remote_keys::KeyFetch;
use crate::bearer::token_cache::{Outcome, TokenCache, TokenKey};
use crate::observe::clock::Clock;
use crate::provider::places::{Places, Work};
use crate::provider::provider_client::ProviderClient;
use crate::provider::sender::{EXCHANGE_DEADLINE, REQUEST_DEADLINE};
use crate::store::in_flight::Sender;

/// The prefixes of a login that accept bearer tokens.
pub(crate) struct Bearers {
    pub(crate) machine: BearerMachine,
    /// By the number of the prefix.
    pub(crate) checks: Vec<(TokenQuestion, TokenPolicy)>,
    pub(crate) cache: TokenCache,
    pub(crate) provider: Arc<ProviderClient>,
    pub(crate) places: Arc<Places>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Bearers {
    /// Asks about a token that is not known. `client` is the number of the client that shows it.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        key: TokenKey,
        token: Secret,
        client: u64,
    ) -> Outcome {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        let (in_flight, first) = self.cache.enter(key);
        if let Some(sender) = first {
            let bearers = Arc::clone(self);
            tokio::spawn(async move {
                let outcome = bearers
                    .question(key, &token, client, &sender, deadline)
                    .await;
                bearers.cache.finish(key, &outcome, bearers.clock.now());
                sender.tell(outcome);
            });
        }
        let outcome = in_flight.outcome(deadline).await;
        outcome.unwrap_or(Err(BearerRefusal::Crowded))
    }

    async fn question(
        &self,
        key: TokenKey,
        token: &Secret,
        client: u64,
        sender: &Sender<Outcome>,
        deadline: Instant,
    ) -> Outcome {
        let (number, hash) = key;
        let Some((question, policy)) = self.checks.get(number) else {
            return Err(BearerRefusal::NoToken);
        };
        let exchange = match question {
            TokenQuestion::Introspection(url) => Exchange::Introspect { token, url },
            TokenQuestion::UserData => Exchange::UserData {
                access_token: token,
            },
            #[cfg(feature = "jwt")]
            TokenQuestion::Jwt(verifier) => {
                let claims = verifier.verify(token, &self.key_fetch()).await?;
                return self.machine.judged(policy, &hash, claims, self.clock.now());
            }
        };
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = pin!(self.places.take(Work::Bearer(client), turn));
        let place = sender.while_heard(waiting).await.flatten();
        let place = place.ok_or(BearerRefusal::Crowded)?;
        let answer = self.provider.run(exchange, &place, deadline).await;
        self.machine
            .answered(policy, &hash, answer, self.clock.now())
    }

    #[cfg(feature = "jwt")]
    fn key_fetch(&self) -> KeyFetch {
        KeyFetch {
            provider: Arc::clone(&self.provider) as _,
            places: Arc::clone(&self.places),
        }
    }
}
