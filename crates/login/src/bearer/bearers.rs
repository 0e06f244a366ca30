//! The prefixes that accept bearer tokens, and the questions about their tokens.
//!
//! Rules:
//! - A question has a place at the provider. Unknown tokens have a line of their own, so strangers with invented tokens
//!   delay no sign-in, no refresh and no known token. A JWT needs no place: its keys are here, or are read for all tokens
//!   at once.
//! - If FNCY asks for a pause (`Retry-After`), unknown tokens wait for its end.
//! - A failure is logged once a minute, whatever the number of requests.
//! - A question ends with its last request until it has a place. After that it runs to its end.

use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fncy_login_core::{BearerMachine, BearerRefusal, ErrorCode, Exchange, Secret, TokenPolicy};
use tokio::time::Instant;

use crate::bearer::bearer_check::TokenQuestion;
#[cfg(feature = "jwt")]
use crate::bearer::jwt::remote_keys::KeyFetch;
use crate::bearer::token_cache::{Asked, Outcome, TokenCache, TokenKey};
use crate::observe::clock::Clock;
use crate::observe::once_per_minute::OncePerMinute;
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
    /// Limits the warning about tokens that can't be checked.
    pub(crate) warning: OncePerMinute,
    /// The refusal of unknown tokens while FNCY asks for a pause, and the end of the pause.
    pub(crate) pause: Mutex<Option<(Instant, BearerRefusal)>>,
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
        let is_known = self.cache.knows(&key);
        if !is_known && let Some(refusal) = self.pause() {
            return Err(refusal);
        }
        let (in_flight, first) = self.cache.enter(key);
        if let Some(sender) = first {
            let bearers = Arc::clone(self);
            let work = if is_known {
                let [a, b, c, d, e, f, g, h, ..] = key.1;
                Work::KnownBearer(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
            } else {
                Work::Bearer(client)
            };
            tokio::spawn(async move {
                let (asked, outcome) = bearers.question(key, &token, work, &sender, deadline).await;
                if let Err(refusal) = &outcome {
                    bearers.failed(refusal);
                }
                bearers.cache.finish(key, &outcome, asked);
                sender.tell(outcome);
            });
        }
        let outcome = in_flight.outcome(deadline).await;
        outcome.unwrap_or(Err(BearerRefusal::Crowded))
    }

    /// The refusal of unknown tokens, if FNCY has asked for a pause that lasts.
    fn pause(&self) -> Option<BearerRefusal> {
        let pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, refusal) = pause.as_ref()?;
        (Instant::now() < *until).then(|| refusal.clone())
    }

    /// Logs a failure, and begins the pause that FNCY asks for.
    fn failed(&self, refusal: &BearerRefusal) {
        let BearerRefusal::Unavailable {
            detail,
            retry_after,
        } = refusal
        else {
            return;
        };
        if self.warning.is_due() {
            let code = ErrorCode::ProviderUnavailable.as_str();
            tracing::warn!(code, %detail, "bearer tokens can't be checked");
        }
        // A second is what FNCY gets anyway.
        if *retry_after > 1 {
            let until = Instant::now() + Duration::from_secs(*retry_after);
            let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
            *pause = Some((until, refusal.clone()));
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
