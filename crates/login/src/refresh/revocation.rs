//! Revoking tokens that no session uses any more (RFC 7009).
//!
//! Rules: what is revoked is what the session has come to, whatever its browser last got; no answer waits for it; a
//! revocation that fails is told, and not repeated: the token ends by itself.

use std::time::Duration;

use fncy_login_core::{Exchange, Failure, RefreshedTokens, Report, Revoke, Severity};
use tokio::time::{Instant, timeout_at};

use crate::observe::telemetry;
use crate::provider::places::Work;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::refresh::refresher::{MAX_CHAIN, Refresher};

/// What was left of refreshes is looked for so long.
const LATEST_DEADLINE: Duration = Duration::from_secs(2);

impl Refresher {
    /// Revokes a token that nobody uses (RFC 7009), as well as that can be done: it has a time of its own.
    pub(crate) async fn revoke(&self, revoke: Revoke) {
        let turn = Instant::now() + EXCHANGE_DEADLINE;
        let answer = match self.0.places.take(Work::Revocation, turn).await {
            Some(place) => {
                let deadline = Instant::now() + EXCHANGE_DEADLINE;
                let revoke = Exchange::Revoke(&revoke);
                self.0.provider.run(revoke, &place, deadline).await
            }
            None => Err(Failure::Crowded),
        };
        if !matches!(answer, Ok(answer) if answer.status < 300) {
            telemetry::log(&[Report {
                severity: Severity::Warning,
                code: "revocation_failed",
                detail: "a token could not be revoked at the provider; it lives until it expires"
                    .into(),
            }]);
        }
    }

    /// A revocation of the tokens that the given one has led to: a browser that signs out may not
    /// have got the newest cookie.
    pub(crate) async fn latest(&self, revoke: Revoke) -> Revoke {
        let mut newest: Option<RefreshedTokens> = None;
        let mut key = self.0.machine.key_of(&revoke.token);
        let deadline = Instant::now() + LATEST_DEADLINE;
        // Bounded, since a provider may give an old token out again.
        for _ in 0..MAX_CHAIN {
            let left = timeout_at(deadline, self.left_of(key, None)).await;
            let Some(refreshed) = left.ok().flatten() else {
                break;
            };
            let is_last = refreshed.key() == key;
            key = refreshed.key();
            newest = Some(refreshed);
            if is_last {
                break;
            }
        }
        newest
            .and_then(|refreshed| self.0.machine.revocation_of(&refreshed))
            .unwrap_or(revoke)
    }
}
