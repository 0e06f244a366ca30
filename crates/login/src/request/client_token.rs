//! The application's own access token (RFC 6749, section 4.4).
//!
//! Rules:
//! - All callers that wait for the same scope share one exchange.
//! - The exchange runs in a task of its own, so it completes even if its caller goes away.

use std::time::Duration;

use fncy_login_core::{ClientGrant, Exchange, Failure, NoClientGrant, NoGrantReason};
use tokio::time::Instant;

use crate::handle::login::Login;
use crate::observe::once_per_minute::limited;
use crate::provider::client_credentials::client_token::ClientToken;
use crate::provider::client_credentials::client_token_error::ClientTokenError;
use crate::provider::client_credentials::client_tokens::{Entered, Obtained};
use crate::provider::places::Work;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::store::in_flight::Sender;

impl Login {
    /// An access token for the application's own requests to FNCY, without a user.
    ///
    /// This is the client credentials grant (RFC 6749, section 4.4). `scope` has the scopes to ask for, separated by
    /// spaces. With `None`, FNCY chooses. `FNCY_SCOPE` is for sign-ins only.
    ///
    /// Call it before each request:
    ///
    /// - The token of a scope is kept in this process and shared by all callers. Up to 64 scopes are kept.
    /// - A token is replaced 30 seconds before it expires, or a quarter of its life before, if that is less. If the
    ///   replacement fails, the old token is returned until it expires.
    /// - After a failure, FNCY isn't asked again until the time in `Retry-After`, or for 5 seconds. If a token had
    ///   expired when it came, that time is 10 seconds.
    ///
    /// The exchange runs in a task of the current tokio runtime. If a caller goes away, the next one finds the token.
    ///
    /// ```no_run
    /// # use fncy_login::Login;
    /// # use fncy_login::client_token::{ClientTokenError, ClientTokenErrorKind};
    /// async fn authorization(login: &Login) -> Result<String, ClientTokenError> {
    ///     let token = login.client_token(Some("stats:read")).await.inspect_err(|error| {
    ///         if error.kind() == ClientTokenErrorKind::Refused {
    ///             eprintln!("{error}");
    ///         }
    ///     })?;
    ///     Ok(format!("Bearer {}", token.access_token()))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ClientTokenError`] if there is no token that is still valid, because FNCY refuses, can't be reached within ten
    /// seconds, or sends an answer that can't be read. Also if `scope` has a character that no scope may have
    /// (RFC 6749, section 3.3).
    #[doc(alias = "client_credentials")]
    #[doc(alias = "bearer")]
    pub async fn client_token(&self, scope: Option<&str>) -> Result<ClientToken, ClientTokenError> {
        let key = ClientGrant::scope(scope).map_err(ClientTokenError::new)?;
        let in_flight = match self.0.client_tokens.enter(&key, self.0.clock.now()) {
            Entered::Known(token) => return Ok(token),
            Entered::Failed(error) => return Err(error),
            Entered::Joined(in_flight) => in_flight,
            Entered::First(sender, in_flight) => {
                self.obtain_in_task(key.clone(), sender);
                in_flight
            }
        };
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let obtained = in_flight.outcome(deadline).await;
        obtained
            .unwrap_or_else(|| Err(ClientTokenError::new(unfinished())))
            .or_else(|error| {
                let living = self.0.client_tokens.living(&key, self.0.clock.now());
                living.ok_or(error)
            })
    }

    fn obtain_in_task(&self, key: Option<String>, sender: Sender<Obtained>) {
        let (login, scope) = (self.clone(), key.clone());
        let exchange = tokio::spawn(async move { login.obtain(scope).await });
        let login = self.clone();
        tokio::spawn(async move {
            // The task's error means that it panicked.
            let obtained = exchange.await.unwrap_or_else(|_| Err(unfinished()));
            let rest = obtained.as_ref().err().map_or(0, |failure| failure.rest);
            let obtained: Obtained = obtained.map_err(ClientTokenError::new);
            let rest = Duration::from_secs(rest);
            login.0.client_tokens.finish(&key, &obtained, rest);
            sender.tell(obtained);
        });
    }

    async fn obtain(&self, scope: Option<String>) -> Result<ClientToken, NoClientGrant> {
        let exchange = Exchange::ClientCredentials {
            scope: scope.as_deref(),
        };
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let answer = match self.0.places.take(Work::Other, deadline).await {
            Some(place) => self.0.provider.run(exchange, &place, deadline).await,
            None => Err(Failure::Crowded),
        };
        let dialect = &self.0.provider.dialect;
        let judged = ClientGrant::judge(answer, dialect, self.0.clock.now());
        let grant = judged.inspect_err(|failure| {
            let (reason, detail) = (failure.reason, &*failure.detail);
            limited!(
                self.0.telemetry,
                warn,
                "the application received no token of its own",
                by format!("{reason:?}"),
                ?reason,
                detail
            );
        })?;
        self.0.telemetry.log(&grant.reports, None);
        Ok(ClientToken::new(grant))
    }
}

fn unfinished() -> NoClientGrant {
    let detail = "the exchange ended without an answer";
    NoClientGrant::new(NoGrantReason::Unavailable, detail)
}
