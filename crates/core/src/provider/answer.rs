//! What came back from the provider, or didn't.
//!
//! Rule: what the provider refused is not what the network lost. A refusal is an answer with a
//! meaning; a [`Failure`] means that nothing is known.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::values::error_code::ErrorCode;
use crate::values::json;
use crate::values::json::BadJson;
use crate::values::secret::Secret;

/// What came of an exchange with the provider.
pub type ProviderResult = Result<ProviderAnswer, Failure>;

/// An HTTP answer of the provider, as it came.
pub struct ProviderAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`, if there is one.
    pub retry_after: Option<String>,
    /// The whole body, undecoded.
    pub body: Vec<u8>,
    /// What was sent that no log may repeat: the answer may have it in its words.
    pub sent: Vec<Secret>,
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
pub enum Failure {
    /// No connection could be made: name resolution, TCP, TLS. Nothing was sent.
    NoConnection,
    /// The connection broke before the answer was whole.
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
            Self::NoConnection => "no_connection",
            Self::Transport => "interrupted",
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
            Self::NoConnection => "no connection could be made",
            Self::Transport => "the connection broke",
            Self::TimedOut => "the deadline passed",
            Self::TooLarge => "the answer is too large",
            Self::Encoded => "the answer has a Content-Encoding such as gzip, though none is taken",
            Self::Crowded => "too many exchanges wait",
        }
    }
}

/// Why an exchange did not give what it should.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProviderError {
    pub(crate) code: ErrorCode,
    /// For the operator: no secret, and of the provider's words a plain code at most.
    pub(crate) detail: Cow<'static, str>,
    /// When to come back, in seconds.
    pub(crate) retry_after: Option<u64>,
}

/// Who was asked for tokens, in words for a log line.
pub(crate) const TOKEN_ENDPOINT: &str = "the token endpoint (FNCY_TOKEN_URL or FNCY_BASE_URL)";
/// Who was asked who the user is.
pub(crate) const USER_DATA_ENDPOINT: &str = "the user data endpoint (FNCY_USERINFO_URL)";
/// What the operator looks at where the client is refused.
pub(crate) const CLIENT_SETTINGS: &str =
    "compare FNCY_CLIENT_ID, FNCY_CLIENT_SECRET and FNCY_CLIENT_AUTH with the registration";

/// When the provider names no time to come back: most failures are a blip of one request. Seconds.
pub(crate) const DEFAULT_RETRY_AFTER: u64 = 1;
/// Longer times are the provider's mistake, or a way to lock people out.
const MAX_RETRY_AFTER: u64 = 300;

impl ProviderError {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after: (code.status() == 503).then_some(DEFAULT_RETRY_AFTER),
        }
    }

    /// The answer, or the error that `asked` gave none.
    pub(crate) fn if_lost(asked: &str, result: ProviderResult) -> Result<ProviderAnswer, Self> {
        result.map_err(|failure| Self::lost(asked, failure))
    }

    /// Nothing came back from whoever was asked.
    pub(crate) fn lost(asked: &str, failure: Failure) -> Self {
        let code = match failure {
            Failure::NoConnection | Failure::Transport | Failure::TimedOut | Failure::Crowded => {
                ErrorCode::ProviderUnavailable
            }
            Failure::TooLarge | Failure::Encoded => ErrorCode::InvalidResponse,
        };
        Self::new(code, format!("{asked}: {}", failure.detail()))
    }

    /// An error in the callback (RFC 6749, section 4.1.2.1).
    pub(crate) fn of_callback(error: &str) -> Self {
        let code = match error {
            "access_denied" => ErrorCode::AccessDenied,
            "temporarily_unavailable" => ErrorCode::ProviderUnavailable,
            "unauthorized_client" => ErrorCode::ClientRejected,
            "invalid_request" | "invalid_scope" | "server_error" | "unsupported_response_type" => {
                ErrorCode::ProviderRefused
            }
            // Each server has its own words for somebody who left or was not let in.
            _ => ErrorCode::SignInDeclined,
        };
        let detail = format!("the authorization endpoint says {}", known(error));
        Self::new(code, detail)
    }
}

/// An error code, if it is one of the standards': nothing else of a callback reaches a log, since anybody
/// can write one.
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
    /// The JSON object of a success of whoever was asked, or what the answer means instead. Whether
    /// a success has an error in it is for those to say who know what else must be there.
    pub(crate) fn object(&self, asked: &str) -> Result<Map<String, Value>, ProviderError> {
        let unreadable = |what| self.error(asked, ErrorCode::InvalidResponse, what);
        match self.status {
            200..=299 => self.json().map_err(unreadable),
            300..=399 => Err(unreadable("a redirect, which is not followed")),
            _ => Err(self.refusal(asked, &self.json().unwrap_or_default())),
        }
    }

    /// What an answer means that is no success, or has an error in it (RFC 6749, section 5.2).
    pub(crate) fn refusal(&self, asked: &str, object: &Map<String, Value>) -> ProviderError {
        let said = object.get("error").and_then(Value::as_str);
        let code = match (self.status, said.unwrap_or_default()) {
            // Waiting mends these: RFC 9110, section 15.5.9; RFC 8470, section 5.2; RFC 6585, section 4.
            (408 | 425 | 429 | 500.., _) | (_, "temporarily_unavailable" | "server_error") => {
                ErrorCode::ProviderUnavailable
            }
            (_, "invalid_grant") => ErrorCode::LoginExpired,
            (_, "invalid_client" | "unauthorized_client") => ErrorCode::ClientRejected,
            // The same as GitHub and Slack have it.
            (_, "incorrect_client_credentials" | "invalid_client_id" | "bad_client_secret") => {
                ErrorCode::ClientRejected
            }
            _ => ErrorCode::ProviderRefused,
        };
        let mut what = self.error_code(object).unwrap_or_default();
        if code == ErrorCode::ClientRejected {
            what = format!("{what}; {CLIENT_SETTINGS}");
        }
        self.error(asked, code, &what)
    }

    fn error(&self, asked: &str, code: ErrorCode, what: &str) -> ProviderError {
        let separator = if what.is_empty() { "" } else { ": " };
        let detail = format!("{asked} answered {}{separator}{what}", self.status);
        let error = ProviderError::new(code, detail);
        ProviderError {
            retry_after: error.retry_after.map(|_| self.retry_after_seconds()),
            ..error
        }
    }

    /// The JSON object that the body is, or what it is instead.
    pub(super) fn json(&self) -> Result<Map<String, Value>, &'static str> {
        match json::parse(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err("JSON, but no object"),
            Err(BadJson::Repeated) => Err("a JSON object with a member that is there twice"),
            Err(BadJson::Malformed) => Err(self.kind_of_body()),
        }
    }

    /// What a body is that is no JSON, as far as its beginning tells.
    fn kind_of_body(&self) -> &'static str {
        let body = json::without_mark(&self.body).trim_ascii();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
        let mut parts = body.split(|byte| *byte == b'.');
        if body.is_empty() {
            "no JSON, but an empty body"
        } else if body.starts_with(b"<") {
            "no JSON, but a page or XML"
        } else if body.starts_with(b"eyJ") && parts.all(|part| part.iter().all(is_word)) {
            "no JSON, but a JWT, which is not read: have it answer application/json"
        } else if body.contains(&b'=') && body.iter().take_while(|byte| **byte != b'=').all(is_word)
        {
            "no JSON, but a form"
        } else {
            "no JSON"
        }
    }

    /// A body that was read as JSON, for the application's own reader, which may stumble over a byte
    /// order mark.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(json::without_mark(&self.body)).into_owned()
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
    use super::{DEFAULT_RETRY_AFTER, Failure, ProviderAnswer, ProviderError, TOKEN_ENDPOINT};
    use crate::values::error_code::ErrorCode;

    fn error(status: u16, retry_after: Option<&str>, body: &str) -> ProviderError {
        ProviderAnswer {
            status,
            retry_after: retry_after.map(str::to_owned),
            body: body.as_bytes().to_vec(),
            sent: Vec::new(),
        }
        .object(TOKEN_ENDPOINT)
        .unwrap_err()
    }

    #[test]
    fn refusals_and_outages_are_told_apart() {
        for (status, body, code) in [
            (400, r#"{"error":"invalid_grant"}"#, ErrorCode::LoginExpired),
            (
                401,
                r#"{"error":"invalid_client"}"#,
                ErrorCode::ClientRejected,
            ),
            (
                401,
                r#"{"error":"bad_client_secret"}"#,
                ErrorCode::ClientRejected,
            ),
            (
                400,
                r#"{"error":"invalid_request"}"#,
                ErrorCode::ProviderRefused,
            ),
            (400, r#"{"errors":["x"]}"#, ErrorCode::ProviderRefused),
            (
                400,
                r#"{"error":"server_error"}"#,
                ErrorCode::ProviderUnavailable,
            ),
            (403, "<html>", ErrorCode::ProviderRefused),
            (408, "", ErrorCode::ProviderUnavailable),
            (425, "", ErrorCode::ProviderUnavailable),
            (200, "<html>", ErrorCode::InvalidResponse),
            (200, "[]", ErrorCode::InvalidResponse),
            (302, "{}", ErrorCode::InvalidResponse),
            (
                503,
                r#"{"error":"invalid_grant"}"#,
                ErrorCode::ProviderUnavailable,
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
            (Some("+7"), DEFAULT_RETRY_AFTER),
            (Some(date), DEFAULT_RETRY_AFTER),
            (Some("soon"), DEFAULT_RETRY_AFTER),
            (None, DEFAULT_RETRY_AFTER),
        ] {
            assert_eq!(
                error(429, value, "").retry_after,
                Some(seconds),
                "{value:?}"
            );
        }
    }

    #[test]
    fn every_detail_names_who_was_asked_the_status_and_what_came() {
        for (status, body, what) in [
            (404, "", ""),
            (503, "", ""),
            (400, r#"{"error":"<script>secret"}"#, ""),
            (
                400,
                r#"{"error":"redirect_uri_mismatch"}"#,
                ": redirect_uri_mismatch",
            ),
            (302, "", ": a redirect, which is not followed"),
            (200, "[]", ": JSON, but no object"),
            (
                200,
                r#"{"a":1,"a":2}"#,
                ": a JSON object with a member that is there twice",
            ),
            (200, " \n", ": no JSON, but an empty body"),
            (200, "<!doctype html>", ": no JSON, but a page or XML"),
            (
                200,
                "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
                ": no JSON, but a JWT, which is not read: have it answer application/json",
            ),
            (
                200,
                "access_token=a&token_type=bearer",
                ": no JSON, but a form",
            ),
            (200, "{\"a\":1}x=", ": no JSON"),
        ] {
            let detail = error(status, None, body).detail;
            let expected = format!(
                "the token endpoint (FNCY_TOKEN_URL or FNCY_BASE_URL) answered {status}{what}"
            );
            assert_eq!(detail, expected);
        }
        let detail = error(401, None, r#"{"error":"invalid_client"}"#).detail;
        assert!(detail.contains("FNCY_CLIENT_SECRET"), "{detail}");
        let detail = ProviderError::lost(TOKEN_ENDPOINT, Failure::TimedOut).detail;
        assert!(detail.starts_with(TOKEN_ENDPOINT), "{detail}");
        assert!(detail.ends_with(": the deadline passed"), "{detail}");
    }
}
