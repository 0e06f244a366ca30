//! Token revocation at the provider (RFC 7009), for tokens that no session uses any more.
//!
//! Rules:
//! - The newest token of the session is revoked, even if its browser shows an older one.
//! - No reply waits for a token revocation.
//! - A failure is logged and not repeated, since the token expires by itself.

use std::time::Duration;

use fncy_login_core::{Exchange, Failure, RefreshedTokens, Report, Revoke};
use tokio::time::{Instant, timeout_at};

use crate::provider::places::Work;
use crate::provider::sender::EXCHANGE_DEADLINE;
use crate::refresh::parts::{MAX_CHAIN, Parts};

/// The timeout of the search for newer tokens in the store.
const SEARCH_DEADLINE: Duration = Duration::from_secs(2);

/// Revokes a token. The wait for a place and the exchange have a deadline each.
pub(crate) async fn revoke_token(parts: &Parts, revoke: Revoke) {
    let turn = Instant::now() + EXCHANGE_DEADLINE;
    let answer = match parts.places.take(Work::Revocation, turn).await {
        Some(place) => {
            let deadline = Instant::now() + EXCHANGE_DEADLINE;
            let revoke = Exchange::Revoke(&revoke);
            parts.provider.run(revoke, &place, deadline).await
        }
        None => Err(Failure::Crowded),
    };
    if !matches!(answer, Ok(answer) if answer.status < 300) {
        let detail = "a token could not be revoked at the provider; it lives until it expires";
        let report = Report::warning("revocation_failed", detail);
        parts.telemetry.log(&[report], None);
    }
}

/// Revokes refreshed tokens, if the provider has a revocation endpoint.
pub(crate) async fn revoke_refreshed(parts: &Parts, tokens: &RefreshedTokens) {
    if let Some(revoke) = parts.machine.revocation_of(tokens) {
        revoke_token(parts, revoke).await;
    }
}

/// The revocation of the newest token that the given one has led to.
///
/// A browser that signs out may not have received the newest cookie.
pub(crate) async fn newest_of(parts: &Parts, revoke: Revoke) -> Revoke {
    let mut newest: Option<RefreshedTokens> = None;
    let mut key = parts.machine.key_of(&revoke.token);
    let deadline = Instant::now() + SEARCH_DEADLINE;
    // Bounded, since a provider may issue an old token again.
    for _ in 0..MAX_CHAIN {
        let stored = timeout_at(deadline, parts.find(key, None)).await;
        let Some(refreshed) = stored.ok().flatten() else {
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
        .and_then(|refreshed| parts.machine.revocation_of(&refreshed))
        .unwrap_or(revoke)
}
