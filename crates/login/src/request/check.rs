//! The check of the store and the provider, for a probe or an alert.
//!
//! Rule: all callers together cause at most one request to the provider in five seconds.

use std::time::Duration;

use tokio::time::Instant;

use crate::handle::login::Login;
use crate::provider::last_check::CheckError;
use crate::provider::places;

/// How long an answer is used again.
const FRESH: Duration = Duration::from_secs(5);
/// The timeout for the provider. Probes themselves wait for a few seconds only.
const DEADLINE: Duration = Duration::from_secs(2);

impl Login {
    /// Checks that the store and FNCY can be reached.
    ///
    /// FNCY can be reached if the name of its token endpoint resolves, its certificate is trusted, and the endpoint
    /// answers with a status below 500. The request is a `GET` without a token, code or secret. A token endpoint does
    /// nothing with it (RFC 6749, section 3.2).
    ///
    /// Call it for a person or for an alert. For a readiness probe there is [`Login::is_ready`]: while FNCY is down,
    /// instances can still serve users who are signed in.
    ///
    /// The check takes at most two seconds for the store and two for FNCY. Its answer is used again for five seconds,
    /// so a public health endpoint may call it.
    ///
    /// ```no_run
    /// # async fn ready(login: fncy_login::Login) -> u16 {
    /// match login.check().await {
    ///     Ok(()) => 204,
    ///     Err(error) => {
    ///         eprintln!("not ready: {error}");
    ///         503
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`CheckError`] names the first of the two that can't be reached.
    #[doc(alias = "health")]
    pub async fn check(&self) -> Result<(), CheckError> {
        let login = self.clone();
        // In a task of its own: if a probe gives up, the next probe still finds the answer.
        let checked = tokio::spawn(async move { login.last_or_new_check().await });
        checked.await.unwrap_or(Err(CheckError::Provider))
    }

    async fn last_or_new_check(&self) -> Result<(), CheckError> {
        let mut last = self.0.last_check.0.lock().await;
        if let Some((when, answer)) = *last
            && when.elapsed() < FRESH
        {
            return answer;
        }
        let answer = self.new_check().await;
        *last = Some((Instant::now(), answer));
        answer
    }

    async fn new_check(&self) -> Result<(), CheckError> {
        let watch = &self.0.watch;
        watch.go_on();
        if !watch.ping().await {
            return Err(CheckError::Store);
        }
        let deadline = Instant::now() + DEADLINE;
        let place = self.0.places.take(places::Work::Other, deadline).await;
        let place = place.ok_or(CheckError::Provider)?;
        match self.0.provider.probe(&place, deadline).await {
            Ok(answer) if answer.status < 500 => Ok(()),
            _ => Err(CheckError::Provider),
        }
    }
}
