//! The token answer (RFC 6749, section 5.1), read as real servers write it.
//!
//! Rules: tolerant where servers differ and nothing is at stake (numbers as strings, scope as an
//! array, no token type); strict where a wrong guess would be used as a credential. No lifetime
//! is ever "for ever".

use serde_json::{Map, Value};

use super::{ProviderAnswer, ProviderError, TOKEN_ENDPOINT};
use crate::outcome::Report;
use crate::tokens::Tokens;
use crate::{Code, Secret, Timestamp};

/// What a token endpoint granted.
#[derive(Debug)]
pub(crate) struct TokenSet {
    pub(crate) tokens: Tokens,
    pub(crate) expires_at: Timestamp,
    /// How long the access token is to live, in seconds.
    pub(crate) life: u64,
    /// Sorted, without repetitions, space-separated; none where the answer names no scope at all.
    pub(crate) scopes: Option<String>,
    /// What was unusual about the answer.
    pub(crate) reports: Vec<Report>,
}

/// Where an answer names no lifetime, in seconds.
const ASSUMED_LIFE: u64 = 60 * 60;
/// No access token is used for longer than this, in seconds.
const MAX_LIFE: u64 = 30 * 24 * 60 * 60;
/// A longer token fits into no set of cookies.
const MAX_TOKEN_LEN: usize = 16 * 1024;

impl TokenSet {
    pub(crate) fn parse(answer: &ProviderAnswer, now: Timestamp) -> Result<Self, ProviderError> {
        let object = answer.object(TOKEN_ENDPOINT)?;
        let mut reports = Vec::new();
        check_type(&object, &mut reports)?;
        let life = life(&object, &mut reports);
        Ok(Self {
            tokens: Tokens {
                access_token: token(&object, "access_token")?
                    .ok_or_else(|| invalid("access_token of the token answer is missing"))?,
                refresh_token: token(&object, "refresh_token")?,
            },
            expires_at: now.plus(life),
            life,
            scopes: scopes(&object, &mut reports),
            reports,
        })
    }
}

fn invalid(detail: &'static str) -> ProviderError {
    ProviderError::new(Code::InvalidResponse, detail)
}

/// A token, or none where it is missing, null or empty.
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

fn check_type(object: &Map<String, Value>, reports: &mut Vec<Report>) -> Result<(), ProviderError> {
    match object.get("token_type") {
        None | Some(Value::Null) => {
            reports.push(Report::warning(
                "token_type_missing",
                "the token answer names no token_type; it is taken as Bearer",
            ));
            Ok(())
        }
        Some(Value::String(kind)) if kind.eq_ignore_ascii_case("bearer") => Ok(()),
        Some(_) => Err(invalid("token_type of the token answer is not Bearer")),
    }
}

/// Seconds from now, rounded down.
fn life(object: &Map<String, Value>, reports: &mut Vec<Report>) -> u64 {
    let seconds = match object.get("expires_in") {
        None | Some(Value::Null) => return ASSUMED_LIFE,
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
    reason = "a cast from float saturates, and a negative lifetime is none"
)]
fn saturating_floor(number: f64) -> u64 {
    number as u64
}

fn scopes(object: &Map<String, Value>, reports: &mut Vec<Report>) -> Option<String> {
    let mut scopes: Vec<&str> = match object.get("scope") {
        None | Some(Value::Null) => return None,
        Some(Value::String(text)) => text.split(' ').collect(),
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(_) => {
            reports.push(Report::warning(
                "scope_unreadable",
                "scope of the token answer is neither a string nor an array; none is granted",
            ));
            Vec::new()
        }
    };
    scopes.retain(|scope| is_scope(scope));
    scopes.sort_unstable();
    scopes.dedup();
    Some(scopes.join(" "))
}

/// RFC 6749, section 3.3.
pub(crate) fn is_scope(scope: &str) -> bool {
    !scope.is_empty()
        && scope
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::{ASSUMED_LIFE, MAX_LIFE, TokenSet};
    use crate::provider::{ProviderAnswer, ProviderError};
    use crate::{Code, Timestamp};

    fn parse(body: &str) -> Result<TokenSet, ProviderError> {
        let answer = ProviderAnswer {
            status: 200,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        };
        TokenSet::parse(&answer, Timestamp::from_unix(0))
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
            assert_eq!(error, Some(Code::InvalidResponse), "{body}");
        }
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
    fn p20_scopes_are_a_set_and_nothing_is_granted_by_silence() {
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
