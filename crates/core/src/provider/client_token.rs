//! The client credentials grant (RFC 6749, section 4.4): an access token for the application's own requests, without a
//! user.
//!
//! Rules:
//! - A refresh token in the answer is ignored (section 4.4.3).
//! - A token that has expired on arrival is a failure.
//! - Failures split three ways, by the party that can repair them. Each has a time for which the provider should be
//!   left alone.

use std::borrow::Cow;

use crate::provider::answer::{ProviderError, ProviderResult, TOKEN_ENDPOINT};
use crate::provider::scope::is_scope;
use crate::provider::settings::TokenDialect;
use crate::provider::token_answer::TokenSet;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// An access token that the client was granted.
#[derive(Debug)]
pub struct ClientGrant {
    /// The access token.
    pub access_token: Secret,
    /// The time at which the token expires.
    pub expires_at: Timestamp,
    /// The token's life when it was issued, in seconds. It is never 0.
    pub life: u64,
    /// Reports about oddities of the answer.
    pub reports: Vec<Report>,
}

/// The reason for which the client got no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoClientGrant {
    /// The party that can repair the cause.
    pub reason: NoGrantReason,
    /// A clause for the operator. It has no secret, and of the provider's text an error code at most.
    pub detail: Cow<'static, str>,
    /// The seconds until asking again makes sense.
    pub rest: u64,
}

/// The party that can repair the cause of a [`NoClientGrant`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrantReason {
    /// The operator. The provider refuses the client, the grant or the scope (RFC 6749, section 5.2).
    Refused,
    /// Waiting. The provider can't be reached, or is overloaded.
    Unavailable,
    /// The provider. Its answer can't be read.
    Unreadable,
}

/// The rest after a failure for which the provider names no time, in seconds.
const REST: u64 = 5;
/// The rest after an access token that had expired on arrival, in seconds.
const STILLBORN_REST: u64 = 10;

impl NoClientGrant {
    /// A failure that is known without asking the provider.
    #[must_use]
    pub fn new(reason: NoGrantReason, detail: &'static str) -> Self {
        Self {
            reason,
            detail: detail.into(),
            rest: REST,
        }
    }

    fn of(error: ProviderError) -> Self {
        Self {
            reason: match error.code {
                ErrorCode::ProviderUnavailable => NoGrantReason::Unavailable,
                ErrorCode::InvalidResponse => NoGrantReason::Unreadable,
                // No user takes part in this grant, so any refusal means wrong settings.
                _ => NoGrantReason::Refused,
            },
            detail: error.detail,
            rest: error.retry_after.unwrap_or(REST),
        }
    }
}

impl ClientGrant {
    /// Scopes to ask for, sorted and without repetitions (RFC 6749, section 3.3). `None` if there are none.
    ///
    /// The same scopes in another order are so the same grant.
    ///
    /// # Errors
    ///
    /// [`NoGrantReason::Refused`], if a scope has a character that no scope may have.
    pub fn scope(asked: Option<&str>) -> Result<Option<String>, NoClientGrant> {
        let mut scopes: Vec<&str> = asked.unwrap_or_default().split(' ').collect();
        scopes.retain(|scope| !scope.is_empty());
        if !scopes.iter().all(|scope| is_scope(scope)) {
            let detail = "a scope has a character that RFC 6749, section 3.3, does not allow";
            return Err(NoClientGrant::new(NoGrantReason::Refused, detail));
        }
        scopes.sort_unstable();
        scopes.dedup();
        Ok((!scopes.is_empty()).then(|| scopes.join(" ")))
    }

    /// Reads the token endpoint's answer to [`Exchange::ClientCredentials`].
    ///
    /// # Errors
    ///
    /// [`NoClientGrant`], if the answer has no usable token.
    ///
    /// [`Exchange::ClientCredentials`]: crate::Exchange::ClientCredentials
    pub fn judge(
        result: ProviderResult,
        dialect: &TokenDialect,
        now: Timestamp,
    ) -> Result<Self, NoClientGrant> {
        let set = ProviderError::if_lost(TOKEN_ENDPOINT, result)
            .and_then(|answer| TokenSet::parse(&answer, dialect, now))
            .map_err(NoClientGrant::of)?;
        if set.life == 0 {
            let detail = "expires_in of the token answer is not positive";
            return Err(NoClientGrant {
                rest: STILLBORN_REST,
                ..NoClientGrant::new(NoGrantReason::Unreadable, detail)
            });
        }
        Ok(Self {
            access_token: set.tokens.access_token,
            expires_at: set.expires_at,
            life: set.life,
            reports: set.reports,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::NoGrantReason::{Refused, Unavailable, Unreadable};
    use super::{ClientGrant, NoClientGrant};
    use crate::provider::answer::{Failure, ProviderAnswer};
    use crate::provider::settings::TokenDialect;
    use crate::values::timestamp::Timestamp;

    const NOW: Timestamp = Timestamp::from_unix(1_000);

    fn judge(status: u16, body: &str) -> Result<ClientGrant, NoClientGrant> {
        let answer = ProviderAnswer {
            retry_after: Some("7".to_owned()),
            ..ProviderAnswer::of(status, body)
        };
        ClientGrant::judge(Ok(answer), &TokenDialect::default(), NOW)
    }

    #[test]
    fn a_grant_has_a_lifetime_and_no_refresh_token() {
        let grant = judge(
            200,
            r#"{"access_token":"at","token_type":"bearer","expires_in":"60","refresh_token":"rt"}"#,
        )
        .unwrap();
        assert_eq!(grant.access_token.expose(), "at");
        assert_eq!((grant.expires_at.as_unix(), grant.life), (1_060, 60));
        assert!(grant.reports.is_empty());
    }

    #[test]
    fn failures_are_told_apart_by_who_can_repair_them() {
        for (status, body, reason, rest) in [
            (401, r#"{"error":"invalid_client"}"#, Refused, 5),
            (400, r#"{"error":"invalid_grant"}"#, Refused, 5),
            (400, r#"{"error":"invalid_scope"}"#, Refused, 5),
            (404, "", Refused, 5),
            (503, "", Unavailable, 7),
            (429, "", Unavailable, 7),
            (200, "{}", Unreadable, 5),
            (302, "", Unreadable, 5),
            (
                200,
                r#"{"access_token":"a","expires_in":0}"#,
                Unreadable,
                10,
            ),
        ] {
            let failure = judge(status, body).unwrap_err();
            assert_eq!(
                (failure.reason, failure.rest),
                (reason, rest),
                "{status} {body}"
            );
        }
        for (failure, reason) in [
            (Failure::TimedOut, Unavailable),
            (Failure::Transport, Unavailable),
            (Failure::TooLarge, Unreadable),
        ] {
            let judged = ClientGrant::judge(Err(failure), &TokenDialect::default(), NOW);
            assert_eq!(judged.unwrap_err().reason, reason, "{failure:?}");
        }
    }

    #[test]
    fn the_same_scopes_are_the_same_grant() {
        let scope = |asked| ClientGrant::scope(asked).unwrap();
        assert_eq!(
            scope(Some("write  read write")).as_deref(),
            Some("read write")
        );
        for nothing in [None, Some(""), Some("  ")] {
            assert_eq!(scope(nothing), None);
        }
        for wrong in ["a\"b", "a\\b", "a\nb", "é"] {
            let failure = ClientGrant::scope(Some(wrong)).unwrap_err();
            assert_eq!(failure.reason, Refused, "{wrong:?}");
        }
    }
}
