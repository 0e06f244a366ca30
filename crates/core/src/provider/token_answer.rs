//! The token answer (RFC 6749, section 5.1), as real servers write it.
//!
//! Rules:
//! - Reading is tolerant where servers differ and no credential is at stake: numbers as strings, scope as an array, no
//!   token type, an `error` that means no error.
//! - Reading is strict where a wrong guess would be used as a credential.
//! - Every lifetime ends. A point in time is no lifetime, since clocks differ.

use serde_json::{Map, Value};

use crate::provider::answer::{ProviderAnswer, ProviderError, TOKEN_ENDPOINT};
use crate::provider::complaint::is_error;
use crate::provider::settings::TokenDialect;
use crate::provider::tokens::SessionTokens;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// The tokens that a token endpoint granted.
#[derive(Debug)]
pub(crate) struct TokenSet {
    pub(crate) tokens: SessionTokens,
    pub(crate) expires_at: Timestamp,
    /// The access token's life, in seconds.
    pub(crate) life: u64,
    /// The granted scopes: sorted, without repetitions, separated by spaces. `None` if the answer has no `scope`.
    pub(crate) scopes: Option<String>,
    /// Reports about oddities of the answer.
    pub(crate) reports: Vec<Report>,
}

/// The life of an access token if the answer names none, in seconds.
const ASSUMED_LIFE: u64 = 60 * 60;
/// The longest life of an access token, in seconds.
const MAX_LIFE: u64 = 30 * 24 * 60 * 60;
/// Members in which other servers name a lifetime. Their values are never read.
const OTHER_LIFETIMES: [&str; 6] = [
    "expires_at",
    "expires_on",
    "expires",
    "expiresIn",
    "expiresAt",
    "expiry",
];
/// The longest token. A longer one fits into no set of cookies.
const MAX_TOKEN_LEN: usize = 16 * 1024;

impl TokenSet {
    pub(crate) fn parse(
        answer: &ProviderAnswer,
        dialect: &TokenDialect,
        now: Timestamp,
    ) -> Result<Self, ProviderError> {
        let object = answer.object(TOKEN_ENDPOINT)?;
        let access_token = token(&object, "access_token");
        let is_alone = !matches!(access_token, Ok(Some(_)));
        let error = object.get("error");
        if error.is_some_and(|error| is_error(error, is_alone)) {
            return Err(answer.refusal(TOKEN_ENDPOINT, &object));
        }
        let mut reports = Vec::new();
        check_type(&object, dialect, &mut reports)?;
        let life = life(&object, &mut reports);
        let scope = object.get("scope");
        Ok(Self {
            tokens: SessionTokens {
                access_token: access_token?
                    .ok_or_else(|| invalid("access_token of the token answer is missing"))?,
                refresh_token: token(&object, "refresh_token")?,
            },
            expires_at: now.plus(life),
            life,
            scopes: dialect.scope_separator.granted(scope, &mut reports),
            reports,
        })
    }
}

fn invalid(detail: &'static str) -> ProviderError {
    ProviderError::new(ErrorCode::InvalidResponse, detail)
}

/// A token. `None` if it is missing, null or empty.
fn token(object: &Map<String, Value>, name: &str) -> Result<Option<Secret>, ProviderError> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text))
            if text.len() <= MAX_TOKEN_LEN && text.bytes().all(|byte| byte.is_ascii_graphic()) =>
        {
            Ok(Some(Secret::new(text.clone())))
        }
        Some(_) => Err(invalid(
            "a token in the token answer is not a string of visible characters",
        )),
    }
}

/// Checks the token type. A client must not use a token of a type that it doesn't know (RFC 6749, section 7.1). Only a
/// setting makes another name one of bearer tokens.
fn check_type(
    object: &Map<String, Value>,
    dialect: &TokenDialect,
    reports: &mut Vec<Report>,
) -> Result<(), ProviderError> {
    let is_bearer = |kind: &str| {
        let names = [Some("bearer"), dialect.token_type.as_deref()];
        let mut names = names.into_iter().flatten();
        names.any(|name| kind.eq_ignore_ascii_case(name))
    };
    match object.get("token_type") {
        None | Some(Value::Null) => {
            reports.push(Report::warning(
                "token_type_missing",
                "the token answer has no token_type; Bearer is assumed",
            ));
            Ok(())
        }
        Some(Value::String(kind)) if is_bearer(kind) => Ok(()),
        Some(_) => Err(invalid(
            "token_type of the token answer is not Bearer; if FNCY has another name for bearer tokens, set FNCY_TOKEN_TYPE",
        )),
    }
}

/// The access token's life in seconds, rounded down.
fn life(object: &Map<String, Value>, reports: &mut Vec<Report>) -> u64 {
    let seconds = match object.get("expires_in") {
        None | Some(Value::Null) => {
            let mut others = OTHER_LIFETIMES.into_iter();
            if let Some(other) = others.find(|name| object.contains_key(*name)) {
                reports.push(Report::warning(
                    "expires_in_missing",
                    format!(
                        "the token answer has no expires_in; it has {other}, which is not read, so one hour is assumed"
                    ),
                ));
            }
            return ASSUMED_LIFE;
        }
        Some(Value::Number(number)) => number
            .as_u64()
            .or_else(|| number.as_f64().map(saturating_floor)),
        Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok()
        }
        Some(_) => None,
    };
    seconds.map_or_else(
        || {
            reports.push(Report::warning(
                "expires_in_unreadable",
                "expires_in of the token answer is not a number; one hour is assumed",
            ));
            ASSUMED_LIFE
        },
        |seconds| seconds.min(MAX_LIFE),
    )
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a negative lifetime becomes zero"
)]
fn saturating_floor(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::{ASSUMED_LIFE, MAX_LIFE, TokenSet};
    use crate::provider::answer::{ProviderAnswer, ProviderError};
    use crate::provider::settings::TokenDialect;
    use crate::values::error_code::ErrorCode;
    use crate::values::timestamp::Timestamp;

    fn parse(body: &str) -> Result<TokenSet, ProviderError> {
        let answer = ProviderAnswer::of(200, body);
        TokenSet::parse(&answer, &TokenDialect::default(), Timestamp::from_unix(0))
    }

    fn with(members: &str) -> Result<TokenSet, ProviderError> {
        parse(&format!(
            r#"{{"access_token":"a","token_type":"bearer"{members}}}"#
        ))
    }

    #[test]
    fn fncys_answer_is_read() {
        let tokens = parse(
            r#"{"jti":"x","access_token":"at","token_type":"bearer","expires_in":3599,
                "scope":["write","read","read"],"refresh_token":"rt"}"#,
        )
        .unwrap();
        assert_eq!(tokens.tokens.access_token(), "at");
        assert_eq!(tokens.tokens.refresh_token.unwrap().expose(), "rt");
        assert_eq!(tokens.expires_at.as_unix(), 3599);
        assert_eq!(tokens.scopes.as_deref(), Some("read write"));
        assert!(tokens.reports.is_empty());
    }

    #[test]
    fn p11_p12_p15_p22_no_credential_is_guessed() {
        let long = "x".repeat(100_000);
        for body in [
            r#"{"access_token":"a","access_token":"b"}"#,
            "{}",
            r#"{"access_token":""}"#,
            r#"{"access_token":null}"#,
            r#"{"access_token":123}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a\r\nb"}"#,
            r#"{"access_token":"a\u0000"}"#,
            &format!(r#"{{"access_token":"{long}"}}"#),
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"a","token_type":"Bearer "}"#,
            r#"{"access_token":"a","refresh_token":123}"#,
        ] {
            let error = parse(body).err().map(|error| error.code);
            assert_eq!(error, Some(ErrorCode::InvalidResponse), "{body}");
        }
    }

    #[test]
    fn p39_an_empty_error_is_no_error() {
        for none in [
            "null",
            r#""""#,
            "false",
            "0",
            "0.0",
            "{}",
            r#"{"code":"ok"}"#,
            "[]",
        ] {
            assert!(with(&format!(r#","error":{none}"#)).is_ok(), "{none}");
        }
        for (error, code) in [
            (r#""invalid_grant""#, ErrorCode::LoginExpired),
            (r#""x""#, ErrorCode::ProviderRefused),
            ("true", ErrorCode::ProviderRefused),
            ("1", ErrorCode::ProviderRefused),
        ] {
            let refused = with(&format!(r#","error":{error}"#)).unwrap_err();
            assert_eq!(refused.code, code, "{error}");
        }
        for alone in [r#"{"error":{}}"#, r#"{"error":[],"access_token":""}"#] {
            assert_eq!(parse(alone).unwrap_err().code, ErrorCode::ProviderRefused);
        }
        let empty = parse(r#"{"error":"","scope":"a"}"#).unwrap_err();
        assert_eq!(empty.code, ErrorCode::InvalidResponse);
    }

    #[test]
    fn p40_a_lifetime_of_another_name_gives_a_warning() {
        let codes = |members: &str| {
            let reports = with(members).unwrap().reports;
            let codes: Vec<_> = reports.iter().map(|report| report.code).collect();
            codes
        };
        assert_eq!(codes(r#","expires_at":99"#), ["expires_in_missing"]);
        assert_eq!(codes(r#","expires_at":99,"expires_in":9"#), [""; 0]);
        assert_eq!(codes(""), [""; 0]);
    }

    #[test]
    fn p16_p17_p18_p19_every_lifetime_ends() {
        for (value, seconds) in [
            ("3600", 3600),
            ("\"3600\"", 3600),
            ("3600.0", 3600),
            ("86400.92", 86400),
            ("null", ASSUMED_LIFE),
            ("0", 0),
            ("-1", 0),
            ("-9999999999999", 0),
            ("2147483648", MAX_LIFE),
            ("9223372036854775808", MAX_LIFE),
            ("1e300", MAX_LIFE),
            ("\"1e3\"", ASSUMED_LIFE),
            ("\"\"", ASSUMED_LIFE),
            ("\"0x10\"", ASSUMED_LIFE),
            ("{}", ASSUMED_LIFE),
            ("false", ASSUMED_LIFE),
        ] {
            let tokens = with(&format!(r#","expires_in":{value}"#)).unwrap();
            assert_eq!(tokens.expires_at.as_unix(), seconds, "{value}");
        }
        assert_eq!(with("").unwrap().expires_at.as_unix(), ASSUMED_LIFE);
    }

    #[test]
    fn p20_scopes_are_a_set_and_silence_grants_nothing() {
        for (value, scopes) in [
            ("\"b a  b\"", Some("a b")),
            ("[\"b\",\"a\",7]", Some("a b")),
            ("\"\"", Some("")),
            ("[]", Some("")),
            ("null", None),
            ("7", Some("")),
        ] {
            let tokens = with(&format!(r#","scope":{value}"#)).unwrap();
            assert_eq!(tokens.scopes.as_deref(), scopes, "{value}");
        }
        assert_eq!(with("").unwrap().scopes, None);
    }

    #[test]
    fn p13_a_missing_type_is_bearer_with_a_warning() {
        let tokens = parse(r#"{"access_token":"a"}"#).unwrap();
        assert_eq!(tokens.reports.len(), 1);
        assert_eq!(tokens.reports[0].code, "token_type_missing");
    }
}
