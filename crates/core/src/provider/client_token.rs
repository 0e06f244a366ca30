//! The client credentials grant (RFC 6749, section 4.4): an access token for the application's own
//! requests, with no user and no request behind it.
//!
//! Rules: a refresh token in the answer is ignored (section 4.4.3); a token that has expired when it
//! comes is none; failures split three ways, by who can mend them; each says how long to leave the
//! provider alone.

use std::borrow::Cow;

use crate::provider::answer::{ProviderError, ProviderResult, TOKEN_ENDPOINT};
use crate::provider::scope::is_scope;
use crate::provider::settings::TokenDialect;
use crate::provider::token_answer::TokenSet;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// What the client was granted.
#[derive(Debug)]
pub struct ClientGrant {
    /// The access token.
    pub access_token: Secret,
    /// When it expires.
    pub expires_at: Timestamp,
    /// How long it was to live when it came, in seconds; never 0.
    pub life: u64,
    /// What was unusual about the answer.
    pub reports: Vec<Report>,
}

/// Why the client was granted nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoClientGrant {
    /// Who can mend it.
    pub reason: NoGrantReason,
    /// A clause for the operator: no secret, and of the provider's words a plain code at most.
    pub detail: Cow<'static, str>,
    /// How long there is no use in asking again, in seconds.
    pub rest: u64,
}

/// Who can mend it that the client was granted nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrantReason {
    /// The operator: the provider refuses the client, the grant or the scope (RFC 6749,
    /// section 5.2).
    Refused,
    /// Time: the provider can't be reached or is overloaded.
    Unavailable,
    /// The provider: its answer makes no sense.
    Unreadable,
}

/// After a failure for which the provider names no time, in seconds.
const REST: u64 = 5;
/// After an access token that was dead on arrival, in seconds.
const STILLBORN_REST: u64 = 10;

impl NoClientGrant {
    /// A failure that is answered without asking the provider.
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
                // No user has a hand in this grant: whatever is refused, the settings are wrong.
                _ => NoGrantReason::Refused,
            },
            detail: error.detail,
            rest: error.retry_after.unwrap_or(REST),
        }
    }
}

impl ClientGrant {
    /// The scopes to ask for, sorted and without repetitions, so that the same ones in another order
    /// are the same grant (RFC 6749, section 3.3). None where there are none.
    ///
    /// # Errors
    ///
    /// [`NoGrantReason::Refused`], where one has a character that no scope has.
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

    /// What the token endpoint's answer to [`Exchange::ClientCredentials`] means, where it writes
    /// answers like this.
    ///
    /// # Errors
    ///
    /// [`NoClientGrant`], by who can mend it.
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
    use super::{ClientGrant, NoClientGrant, NoGrantReason};
    use crate::provider::answer::{Failure, ProviderAnswer};
    use crate::provider::settings::TokenDialect;
    use crate::values::timestamp::Timestamp;

    const NOW: Timestamp = Timestamp::from_unix(1_000);

    fn judge(status: u16, body: &str) -> Result<ClientGrant, NoClientGrant> {
        let answer = ProviderAnswer {
            status,
            retry_after: Some("7".to_owned()),
            body: body.as_bytes().to_vec(),
            sent: Vec::new(),
        };
        ClientGrant::judge(Ok(answer), &TokenDialect::default(), NOW)
    }

    #[test]
    fn a_grant_has_a_life_and_no_refresh_token() {
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
    fn failures_are_told_apart_by_who_can_mend_them() {
        for (status, body, reason, rest) in [
            (
                401,
                r#"{"error":"invalid_client"}"#,
                NoGrantReason::Refused,
                5,
            ),
            (
                400,
                r#"{"error":"invalid_grant"}"#,
                NoGrantReason::Refused,
                5,
            ),
            (
                400,
                r#"{"error":"invalid_scope"}"#,
                NoGrantReason::Refused,
                5,
            ),
            (404, "", NoGrantReason::Refused, 5),
            (503, "", NoGrantReason::Unavailable, 7),
            (429, "", NoGrantReason::Unavailable, 7),
            (200, "{}", NoGrantReason::Unreadable, 5),
            (302, "", NoGrantReason::Unreadable, 5),
            (
                200,
                r#"{"access_token":"a","expires_in":0}"#,
                NoGrantReason::Unreadable,
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
            (Failure::TimedOut, NoGrantReason::Unavailable),
            (Failure::Transport, NoGrantReason::Unavailable),
            (Failure::TooLarge, NoGrantReason::Unreadable),
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
            assert_eq!(failure.reason, NoGrantReason::Refused, "{wrong:?}");
        }
    }
}
