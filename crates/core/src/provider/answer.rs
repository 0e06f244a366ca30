//! What came back from the provider, or didn't.
//!
//! Rule: what the provider refused is not what the network lost. A refusal is an answer with a
//! meaning; a [`Failure`] means that nothing is known.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::renewal::{RenewalFailure, Successor};
use crate::{Code, json};

/// The answer to an exchange or a question.
#[derive(Debug)]
pub enum Answer {
    /// To [`Question::Entropy`](crate::Question::Entropy): it came with the call.
    Entropy,
    /// The provider answered, with whatever status.
    Response(ProviderAnswer),
    /// No whole answer came.
    Failed(Failure),
    /// To [`Exchange::Redeem`](crate::Exchange::Redeem): this login was redeemed before, and the
    /// provider was not asked.
    Spent,
    /// To [`Question::Approve`](crate::Question::Approve): welcome.
    Approved {
        /// What the application adds to the session: JSON, or nothing.
        data: String,
    },
    /// To [`Question::Approve`](crate::Question::Approve): not here.
    Refused {
        /// What the person is told.
        message: String,
    },
    /// To [`Question::Approve`](crate::Question::Approve): the application can't say now. To
    /// [`Exchange::Redeem`](crate::Exchange::Redeem): nobody can say whether this login was redeemed before,
    /// and the provider was not asked.
    Undecided,
    /// To [`Exchange::Renew`](crate::Exchange::Renew): there are new tokens, perhaps since a
    /// while.
    Renewed(Arc<Successor>),
    /// To [`Exchange::Renew`](crate::Exchange::Renew): there are none.
    NotRenewed(RenewalFailure),
}

/// An HTTP answer of the provider, as it came.
pub struct ProviderAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`, if there is one.
    pub retry_after: Option<String>,
    /// The whole body, undecoded.
    pub body: Vec<u8>,
}

/// Shows the status only: the body holds tokens.
impl std::fmt::Debug for ProviderAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Why no whole answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// No connection, or one that broke: name resolution, TCP, TLS, a cut-off body.
    Transport,
    /// The deadline of the whole exchange passed.
    TimedOut,
    /// The body is larger than anything that we asked for.
    TooLarge,
    /// The body is compressed, although we said that we take none.
    Encoded,
    /// Nothing was sent: too many other exchanges were before this one.
    Crowded,
}

impl Failure {
    /// A stable word for a label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Transport => "unreachable",
            Self::TimedOut => "timed_out",
            Self::TooLarge => "too_large",
            Self::Encoded => "encoded",
            Self::Crowded => "crowded",
        }
    }

    /// A clause for a log line.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Transport => "the connection failed",
            Self::TimedOut => "the deadline passed",
            Self::TooLarge => "the answer is too large",
            Self::Encoded => "the answer is compressed",
            Self::Crowded => "too many exchanges wait",
        }
    }
}

/// Why an exchange did not give what it should.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProviderError {
    pub(crate) code: Code,
    /// For the operator: no secret, no text of the provider.
    pub(crate) detail: Cow<'static, str>,
    /// When to come back, in seconds.
    pub(crate) retry_after: Option<u64>,
}

/// Who was asked for tokens, in words for a log line.
pub(crate) const TOKEN_ENDPOINT: &str = "the token endpoint";
/// Who was asked who the user is.
pub(crate) const USER_DATA_ENDPOINT: &str = "the user data endpoint";

/// When the provider names no time to come back.
const DEFAULT_RETRY_AFTER: u64 = 5;
/// Longer times are the provider's mistake, or a way to lock people out.
const MAX_RETRY_AFTER: u64 = 300;

impl ProviderError {
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after: (code.status() == 503).then_some(DEFAULT_RETRY_AFTER),
        }
    }

    /// Nothing came back from whoever was asked.
    pub(crate) fn lost(asked: &str, failure: Failure) -> Self {
        let code = match failure {
            Failure::Transport | Failure::TimedOut | Failure::Crowded => Code::ProviderUnavailable,
            Failure::TooLarge | Failure::Encoded => Code::InvalidResponse,
        };
        Self::new(code, format!("{asked}: {}", failure.detail()))
    }

    /// The error that a code of RFC 6749, section 5.2, stands for.
    fn of_oauth_code(asked: &str, error: &str) -> Self {
        let code = match error {
            "invalid_grant" => Code::LoginExpired,
            "invalid_client" | "unauthorized_client" => Code::ClientRejected,
            "temporarily_unavailable" => Code::ProviderUnavailable,
            _ => Code::ProviderRefused,
        };
        Self::new(code, format!("{asked} says {}", known(error)))
    }

    /// An error in the callback (RFC 6749, section 4.1.2.1).
    pub(crate) fn of_callback(error: &str) -> Self {
        let code = match error {
            "access_denied" => Code::AccessDenied,
            "temporarily_unavailable" => Code::ProviderUnavailable,
            "unauthorized_client" => Code::ClientRejected,
            _ => Code::ProviderRefused,
        };
        let detail = format!("the authorization endpoint says {}", known(error));
        Self::new(code, detail)
    }
}

/// An error code, if it is one of the standards': nothing else of a provider's reaches a log.
fn known(error: &str) -> &'static str {
    const CODES: [&str; 14] = [
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
    ];
    CODES
        .into_iter()
        .find(|code| *code == error)
        .unwrap_or("an error that no standard names")
}

impl ProviderAnswer {
    /// The JSON object of a success of whoever was asked, or what the answer means instead.
    pub(crate) fn object(&self, asked: &str) -> Result<Map<String, Value>, ProviderError> {
        let unreadable = |what| {
            let detail = format!("the answer of {asked} is {what}");
            ProviderError::new(Code::InvalidResponse, detail)
        };
        let object = match json::parse(&self.body) {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        };
        let error = object
            .as_ref()
            .and_then(|object| object.get("error"))
            .filter(|error| !error.is_null())
            .map(|error| error.as_str().unwrap_or_default());
        match (self.status, error) {
            (429 | 500..=599, _) => Err(ProviderError {
                retry_after: Some(self.retry_after_seconds()),
                ..ProviderError::new(
                    Code::ProviderUnavailable,
                    format!("{asked} answered {}", self.status),
                )
            }),
            (200..=299 | 400..=499, Some(error)) => Err(ProviderError::of_oauth_code(asked, error)),
            (200..=299, None) => object.ok_or_else(|| unreadable("no JSON object")),
            (300..=399, _) => Err(unreadable("a redirect, which is not followed")),
            _ => Err(ProviderError::new(
                Code::ProviderRefused,
                format!("{asked} answered {}", self.status),
            )),
        }
    }

    /// RFC 9110, section 10.2.3: a number of any length counts, a date is nothing to us.
    fn retry_after_seconds(&self) -> u64 {
        let value = self.retry_after.as_deref().unwrap_or_default().trim();
        if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
            return DEFAULT_RETRY_AFTER;
        }
        let seconds = value.parse().unwrap_or(u64::MAX);
        seconds.clamp(1, MAX_RETRY_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, ProviderAnswer, ProviderError, TOKEN_ENDPOINT};
    use crate::Code;

    fn error(status: u16, retry_after: Option<&str>, body: &str) -> ProviderError {
        ProviderAnswer {
            status,
            retry_after: retry_after.map(str::to_owned),
            body: body.as_bytes().to_vec(),
        }
        .object(TOKEN_ENDPOINT)
        .unwrap_err()
    }

    #[test]
    fn refusals_and_outages_are_told_apart() {
        for (status, body, code) in [
            (400, r#"{"error":"invalid_grant"}"#, Code::LoginExpired),
            (401, r#"{"error":"invalid_client"}"#, Code::ClientRejected),
            (400, r#"{"error":"invalid_request"}"#, Code::ProviderRefused),
            (400, r#"{"errors":["x"]}"#, Code::ProviderRefused),
            (200, r#"{"error":"invalid_grant"}"#, Code::LoginExpired),
            (403, "<html>", Code::ProviderRefused),
            (
                200,
                r#"{"error":{},"access_token":"a"}"#,
                Code::ProviderRefused,
            ),
            (200, "<html>", Code::InvalidResponse),
            (200, "[]", Code::InvalidResponse),
            (302, "{}", Code::InvalidResponse),
            (
                503,
                r#"{"error":"invalid_grant"}"#,
                Code::ProviderUnavailable,
            ),
        ] {
            assert_eq!(error(status, None, body).code, code, "{status} {body}");
        }
    }

    #[test]
    fn p27_retry_after_is_ours() {
        let date = "Wed, 21 Oct 2015 07:28:00 GMT";
        for (value, seconds) in [
            (Some("5"), 5),
            (Some("0"), 1),
            (Some("99999999"), 300),
            (Some("99999999999999999999999"), 300),
            (Some("+7"), 5),
            (Some(date), 5),
            (Some("soon"), 5),
            (None, 5),
        ] {
            assert_eq!(
                error(429, value, "").retry_after,
                Some(seconds),
                "{value:?}"
            );
        }
    }

    #[test]
    fn every_detail_names_who_was_asked() {
        for (status, body) in [
            (404, ""),
            (503, ""),
            (302, ""),
            (200, "[]"),
            (400, r#"{"error":"invalid_request"}"#),
        ] {
            let detail = error(status, None, body).detail;
            assert!(detail.contains(TOKEN_ENDPOINT), "{status}: {detail}");
        }
        let detail = ProviderError::lost(TOKEN_ENDPOINT, Failure::TimedOut).detail;
        assert_eq!(detail, "the token endpoint: the deadline passed");
    }

    #[test]
    fn no_text_of_the_provider_reaches_the_detail() {
        let error = error(400, None, r#"{"error":"<script>secret"}"#);
        assert!(!error.detail.contains("secret"), "{}", error.detail);
    }
}
