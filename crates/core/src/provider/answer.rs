//! Answers of the provider, and failures to get one.
//!
//! Rule: a refusal is not a lost answer. A refusal is an answer with a meaning. After a [`Failure`] the core knows
//! nothing.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::values::error_code::ErrorCode;
use crate::values::json::{self, BadJson};
use crate::values::secret::Secret;

/// The result of an exchange with the provider.
pub type ProviderResult = Result<ProviderAnswer, Failure>;

/// An HTTP answer of the provider, as it was received.
pub struct ProviderAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Retry-After`, if there was one.
    pub retry_after: Option<String>,
    /// The whole body, undecoded.
    pub body: Vec<u8>,
    /// The secrets of the request. The answer may repeat them, and no log may show them.
    pub sent: Vec<Secret>,
}

/// Shows only the status. The body holds tokens.
impl std::fmt::Debug for ProviderAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderAnswer")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The reason for which no whole answer was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection could be made: name resolution, TCP or TLS failed. Nothing was sent.
    NoConnection,
    /// The connection broke before the answer was whole.
    Transport,
    /// The deadline of the whole exchange passed.
    TimedOut,
    /// The body is longer than any answer that was asked for.
    TooLarge,
    /// The body is compressed, although the request accepts no compression.
    Encoded,
    /// Nothing was sent. Too many other exchanges were waiting.
    Crowded,
}

impl Failure {
    /// All failures.
    pub const ALL: [Self; 6] = [
        Self::NoConnection,
        Self::Transport,
        Self::TimedOut,
        Self::TooLarge,
        Self::Encoded,
        Self::Crowded,
    ];

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
            Self::Encoded => "the answer has a Content-Encoding, which the request forbids",
            Self::Crowded => "too many exchanges are waiting",
        }
    }
}

/// The reason for which an exchange did not succeed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ProviderError {
    pub(crate) code: ErrorCode,
    /// A clause for the operator. It has no secret, and of the provider's text an error code at most.
    pub(crate) detail: Cow<'static, str>,
    /// When to try again, in seconds.
    pub(crate) retry_after: Option<u64>,
}

/// The name of the token endpoint in log lines.
pub(crate) const TOKEN_ENDPOINT: &str = "the token endpoint (FNCY_TOKEN_URL or FNCY_BASE_URL)";
/// The name of the user data endpoint in log lines.
pub(crate) const USER_DATA_ENDPOINT: &str = "the user data endpoint (FNCY_USERINFO_URL)";
/// The advice for an operator whose client is refused.
pub(crate) const CLIENT_SETTINGS: &str =
    "compare FNCY_CLIENT_ID, FNCY_CLIENT_SECRET and FNCY_CLIENT_AUTH with the registration";

/// The time until a retry if the provider names none, in seconds. Most failures concern one request.
pub(crate) const DEFAULT_RETRY_AFTER: u64 = 1;
/// The longest time until a retry, in seconds. A longer one is a mistake of the provider, and would lock people out.
const MAX_RETRY_AFTER: u64 = 300;

impl ProviderError {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after: (code.status() == 503).then_some(DEFAULT_RETRY_AFTER),
        }
    }

    /// The answer, or the error for a lost one. `asked` names the endpoint.
    pub(crate) fn if_lost(asked: &str, result: ProviderResult) -> Result<ProviderAnswer, Self> {
        result.map_err(|failure| Self::lost(asked, failure))
    }

    /// The error for a lost answer of the endpoint that `asked` names.
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
            // Not `client_rejected`: any person can send a callback with this error.
            "invalid_request"
            | "invalid_scope"
            | "server_error"
            | "unauthorized_client"
            | "unsupported_response_type" => ErrorCode::ProviderRefused,
            // Each server has codes of its own for people that left or were not let in.
            _ => ErrorCode::SignInDeclined,
        };
        let detail = format!("the authorization endpoint reports {}", known(error));
        Self::new(code, detail)
    }
}

/// The error code, if a standard has it. A callback's other texts never reach a log, since any site can send a
/// callback.
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
        .unwrap_or("an error that is in no standard")
}

impl ProviderAnswer {
    /// An answer for tests.
    #[cfg(test)]
    pub(super) fn of(status: u16, body: &str) -> Self {
        Self {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
            sent: Vec::new(),
        }
    }

    /// The JSON object of a successful answer, or the error that the answer means.
    ///
    /// The caller decides whether a successful answer with a member `error` is an error.
    pub(crate) fn object(&self, asked: &str) -> Result<Map<String, Value>, ProviderError> {
        let unreadable = |what| self.error(asked, ErrorCode::InvalidResponse, what);
        match self.status {
            200..=299 => self.json().map_err(unreadable),
            300..=399 => Err(unreadable("a redirect; none is followed")),
            _ => Err(self.refusal(asked, &self.json().unwrap_or_default())),
        }
    }

    /// The error of an answer that is no success, or that has a member `error` (RFC 6749, section 5.2).
    pub(crate) fn refusal(&self, asked: &str, object: &Map<String, Value>) -> ProviderError {
        let said = object.get("error").and_then(Value::as_str);
        let code = match (self.status, said.unwrap_or_default()) {
            // These pass with time: RFC 9110, section 15.5.9; RFC 8470, section 5.2; RFC 6585, section 4.
            (408 | 425 | 429 | 500.., _) | (_, "temporarily_unavailable" | "server_error") => {
                ErrorCode::ProviderUnavailable
            }
            (_, "invalid_grant") => ErrorCode::LoginExpired,
            (_, "invalid_client" | "unauthorized_client") => ErrorCode::ClientRejected,
            // GitHub and Slack use these codes.
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

    /// The body as a JSON object, or what it is instead.
    pub(super) fn json(&self) -> Result<Map<String, Value>, &'static str> {
        match json::parse(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err("JSON that is no object"),
            Err(BadJson::Repeated) => Err("a JSON object with a repeated member"),
            Err(BadJson::Malformed) => Err(self.kind_of_body()),
        }
    }

    /// The kind of a body that is no JSON, as far as its start tells.
    fn kind_of_body(&self) -> &'static str {
        let body = json::without_mark(&self.body).trim_ascii();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
        let mut parts = body.split(|byte| *byte == b'.');
        if body.is_empty() {
            "an empty body in place of JSON"
        } else if body.starts_with(b"<") {
            "a page or XML in place of JSON"
        } else if body.starts_with(b"eyJ") && parts.all(|part| part.iter().all(is_word)) {
            "a JWT in place of JSON; configure it to answer application/json"
        } else if body.contains(&b'=') && body.iter().take_while(|byte| **byte != b'=').all(is_word)
        {
            "a form in place of JSON"
        } else {
            "no JSON"
        }
    }

    /// The body as text, for the application's own reader. A byte order mark is removed, since that reader may not
    /// accept one.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(json::without_mark(&self.body)).into_owned()
    }

    /// The seconds of `Retry-After` (RFC 9110, section 10.2.3). A date is ignored.
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
    use crate::values::error_code::ErrorCode::{
        ClientRejected, InvalidResponse, LoginExpired, ProviderRefused, ProviderUnavailable,
    };

    fn error(status: u16, retry_after: Option<&str>, body: &str) -> ProviderError {
        let answer = ProviderAnswer {
            retry_after: retry_after.map(str::to_owned),
            ..ProviderAnswer::of(status, body)
        };
        answer.object(TOKEN_ENDPOINT).unwrap_err()
    }

    #[test]
    fn refusals_and_outages_are_told_apart() {
        for (status, body, code) in [
            (400, r#"{"error":"invalid_grant"}"#, LoginExpired),
            (401, r#"{"error":"invalid_client"}"#, ClientRejected),
            (401, r#"{"error":"bad_client_secret"}"#, ClientRejected),
            (400, r#"{"error":"invalid_request"}"#, ProviderRefused),
            (400, r#"{"errors":["x"]}"#, ProviderRefused),
            (400, r#"{"error":"server_error"}"#, ProviderUnavailable),
            (403, "<html>", ProviderRefused),
            (408, "", ProviderUnavailable),
            (425, "", ProviderUnavailable),
            (200, "<html>", InvalidResponse),
            (200, "[]", InvalidResponse),
            (302, "{}", InvalidResponse),
            (503, r#"{"error":"invalid_grant"}"#, ProviderUnavailable),
        ] {
            assert_eq!(error(status, None, body).code, code, "{status} {body}");
        }
    }

    #[test]
    fn p27_retry_after_has_bounds() {
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
    fn every_detail_names_the_endpoint_the_status_and_the_body() {
        for (status, body, what) in [
            (404, "", ""),
            (503, "", ""),
            (400, r#"{"error":"<script>secret"}"#, ""),
            (
                400,
                r#"{"error":"redirect_uri_mismatch"}"#,
                ": redirect_uri_mismatch",
            ),
            (302, "", ": a redirect; none is followed"),
            (200, "[]", ": JSON that is no object"),
            (
                200,
                r#"{"a":1,"a":2}"#,
                ": a JSON object with a repeated member",
            ),
            (200, " \n", ": an empty body in place of JSON"),
            (200, "<!doctype html>", ": a page or XML in place of JSON"),
            (
                200,
                "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
                ": a JWT in place of JSON; configure it to answer application/json",
            ),
            (
                200,
                "access_token=a&token_type=bearer",
                ": a form in place of JSON",
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
