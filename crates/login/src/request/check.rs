//! Whether what a login depends on can be reached, for a probe or an alert.
//!
//! Rule: all callers together cause one request to the provider in five seconds at most.

use std::time::Duration;

use tokio::time::Instant;

use crate::handle::login::Login;
use crate::provider::last_check::CheckError;
use crate::provider::places;
use crate::store::deadlines::soon;

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(5);
/// Probes wait for a second or a few.
const DEADLINE: Duration = Duration::from_secs(2);

impl Login {
    /// Asks whether the store and the provider can be reached: that the name of the token endpoint
    /// resolves, that its certificate is trusted, and that it answers with a status below 500, whatever it
    /// says. No token, code or secret is sent: it is asked with `GET`, which it takes for nothing
    /// (RFC 6749, section 3.2).
    ///
    /// Meant for a check at start, or for an alert. Think before an instance is taken out of service for
    /// it: while FNCY is down, all instances would go, and with them those who are signed in already,
    /// whom they could still serve. Takes two seconds for each of the two at most, and remembers its answer for
    /// five, so that it can be called by whoever likes.
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
    /// [`CheckError`], for the first of them that can't be reached.
    pub async fn check(&self) -> Result<(), CheckError> {
        let login = self.clone();
        // In a task of its own: a probe that gives up must not make the next one ask again.
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
        let answer = self.ask_around().await;
        *last = Some((Instant::now(), answer));
        answer
    }

    async fn ask_around(&self) -> Result<(), CheckError> {
        let pong = soon(self.0.store.ping()).await;
        pong.map_err(|_| CheckError::Store)?;
        let deadline = Instant::now() + DEADLINE;
        let place = self.0.places.take(places::Work::Other, deadline).await;
        let place = place.ok_or(CheckError::Provider)?;
        match self.0.provider.probe(&place, deadline).await {
            Ok(answer) if answer.status < 500 => Ok(()),
            _ => Err(CheckError::Provider),
        }
    }
}
