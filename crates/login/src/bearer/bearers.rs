//! The prefixes that accept bearer tokens, and the questions about their tokens.
//!
//! Rules:
//! - A question needs a place at the provider. Unknown tokens have a line of their own, so strangers with invented tokens
//!   delay no sign-in, no refresh and no known token. A JWT needs no place: its keys are here, or are read for all tokens
//!   at once.
//! - If FNCY asks for a pause (`Retry-After`), unknown tokens get 503 until its end.
//! - A failure is logged once a minute, whatever the number of requests.
//! - If a question has no place yet, it ends with the last request that waits. A question with a place runs to its end.

use std::pin::pin;
use std::sync::Arc;

use fncy_login_core::{BearerMachine, BearerRefusal, ErrorCode, Exchange, Secret, TokenPolicy};
use tokio::time::Instant;

use crate::bearer::bearer_check::TokenQuestion;
#[cfg(feature = "jwt")]
use crate::bearer::jwt::remote_keys::KeyFetch;
use crate::bearer::pauses::Pauses;
use crate::bearer::token_cache::{Asked, Outcome, TokenCache, TokenKey};
use crate::observe::clock::Clock;
use crate::observe::once_per_minute::limited;
use crate::observe::telemetry::Telemetry;
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
    pub(crate) telemetry: Arc<Telemetry>,
    /// The pauses that FNCY's introspection endpoints ask for.
    pub(crate) pauses: Pauses,
}

impl Bearers {
    /// Asks about a token of which no fresh answer is known. `client` is the number of the client that shows it.
    pub(crate) async fn ask(
        self: &Arc<Self>,
        key: TokenKey,
        token: Secret,
        client: u64,
    ) -> Outcome {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        let user = self.cache.user_of(&key);
        if user.is_none()
            && let Some(refusal) = self.pauses.refusal(key.0)
        {
            return Err(refusal);
        }
        let (in_flight, first) = self.cache.enter(key);
        if let Some(sender) = first {
            let bearers = Arc::clone(self);
            let work = user.map_or(Work::Bearer(client), Work::KnownBearer);
            tokio::spawn(async move {
                let (asked, outcome) = bearers.question(key, &token, work, &sender, deadline).await;
                bearers.note(key.0, &outcome);
                bearers.cache.finish(key, &outcome, asked);
                sender.tell(outcome);
            });
        }
        let outcome = in_flight.outcome(deadline).await;
        outcome.unwrap_or(Err(BearerRefusal::Crowded))
    }

    /// Logs a failure, and begins or ends the pause that an introspection endpoint asks for.
    fn note(&self, number: usize, outcome: &Outcome) {
        if let Err(BearerRefusal::Unavailable { detail, .. }) = outcome {
            let code = ErrorCode::ProviderUnavailable.as_str();
            limited!(
                self.telemetry,
                warn,
                "bearer tokens can't be checked",
                by number,
                code,
                %detail
            );
        }
        // An answer of another endpoint is about one token, or about the keys.
        if let Some((TokenQuestion::Introspection(_), _)) = self.checks.get(number) {
            self.pauses.note(number, outcome);
        }
    }

    async fn question(
        &self,
        (number, _): TokenKey,
        token: &Secret,
        work: Work,
        sender: &Sender<Outcome>,
        deadline: Instant,
    ) -> (Asked, Outcome) {
        let asked = || Asked {
            at: self.clock.now(),
            instant: Instant::now(),
        };
        let Some((question, policy)) = self.checks.get(number) else {
            return (asked(), Err(BearerRefusal::NoToken));
        };
        let exchange = match question {
            TokenQuestion::Introspection(url) => Exchange::Introspect { token, url },
            TokenQuestion::UserData => Exchange::UserData {
                access_token: token,
            },
            #[cfg(feature = "jwt")]
            TokenQuestion::Jwt(verifier) => {
                let asked = asked();
                let claims = verifier.verify(token, &self.key_fetch()).await;
                let judged = claims.and_then(|claims| {
                    let now = self.clock.now();
                    self.machine.judged(policy, token.expose(), claims, now)
                });
                return (asked, judged);
            }
        };
        let turn = deadline - EXCHANGE_DEADLINE;
        let waiting = pin!(self.places.take(work, turn));
        let Some(place) = sender.while_heard(waiting).await.flatten() else {
            return (asked(), Err(BearerRefusal::Crowded));
        };
        let asked = asked();
        let answer = self.provider.run(exchange, &place, deadline).await;
        let now = self.clock.now();
        (
            asked,
            self.machine.answered(policy, token.expose(), answer, now),
        )
    }

    #[cfg(feature = "jwt")]
    fn key_fetch(&self) -> KeyFetch {
        KeyFetch {
            provider: Arc::clone(&self.provider) as _,
            places: Arc::clone(&self.places),
        }
    }
}
