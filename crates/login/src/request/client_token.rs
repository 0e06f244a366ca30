//! The application's own access token (RFC 6749, section 4.4): asked for once, however many wait for it.
//!
//! Rule: the exchange runs in a task of its own, which no caller can end.

use std::time::Duration;

use fncy_login_core::{ClientGrant, Exchange, Failure, NoClientGrant, NoGrantReason};
use tokio::time::Instant;

use crate::handle::login::Login;
use crate::observe::telemetry;
use crate::provider::client_credentials::client_token::ClientToken;
use crate::provider::client_credentials::client_token_error::ClientTokenError;
use crate::provider::client_credentials::client_tokens::{Entered, Obtained};
use crate::provider::places::Work;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::store::in_flight::Sender;

impl Login {
    /// An access token for the application's own requests to FNCY, with no user in it: the client
    /// credentials grant (RFC 6749, section 4.4). `scope` is what to ask for, separated by spaces;
    /// `None` leaves it to FNCY. `FNCY_SCOPE` is for sign-ins and plays no part here.
    ///
    /// Ask for it before each request. FNCY is asked once for each scope, however many callers wait,
    /// and again 30 seconds before the token expires (or a quarter of its life, where that is less).
    /// A token whose replacement fails is given out until it expires. After a failure nothing is sent
    /// for as long as `Retry-After` says, else for 5 seconds, and for 10 seconds after a token that had
    /// expired when it came. The tokens of up to 64 scopes are kept, in this process only.
    ///
    /// The exchange runs in a task of the current tokio runtime: a caller that goes away loses nothing.
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
    /// [`ClientTokenError`], where there is no token that has not expired: FNCY refuses it, can't be
    /// reached within ten seconds, or gives an answer that makes no sense; or `scope` has a character
    /// that no scope has (RFC 6749, section 3.3).
    pub async fn client_token(&self, scope: Option<&str>) -> Result<ClientToken, ClientTokenError> {
        let key = ClientGrant::scope(scope).map_err(ClientTokenError::new)?;
        let coming = match self.0.client_tokens.enter(&key, self.0.clock.now()) {
            Entered::Known(token) => return Ok(token),
            Entered::Failed(error) => return Err(error),
            Entered::Joined(coming) => coming,
            Entered::First(sender, coming) => {
                self.obtain_in_task(key.clone(), sender);
                coming
            }
        };
        let deadline = Instant::now() + EXCHANGE_DEADLINE;
        let obtained = coming.outcome(deadline).await;
        obtained
            .unwrap_or_else(|| Err(unfinished()))
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
            // An error means that the task panicked.
            let obtained = exchange.await.unwrap_or_else(|_| Err(unfinished_grant()));
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
            tracing::warn!(?reason, detail, "the application got no token of its own");
        })?;
        telemetry::log(&grant.reports);
        Ok(ClientToken::new(grant))
    }
}

fn unfinished() -> ClientTokenError {
    ClientTokenError::new(unfinished_grant())
}

fn unfinished_grant() -> NoClientGrant {
    let detail = "the exchange ended without an answer";
    NoClientGrant::new(NoGrantReason::Unavailable, detail)
}
