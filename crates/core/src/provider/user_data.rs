//! User data: the user of an access token.
//!
//! Rules:
//! - The id is the only identity. It is kept exactly, or the sign-in is refused.
//! - Name and email are for display. If they look odd, they are dropped.
//! - Errors have an HTTP status of their own here (RFC 6750, section 3.1). A member `error` beside an id means nothing.

use serde_json::{Map, Value};

use crate::provider::answer::{ProviderAnswer, ProviderError, USER_DATA_ENDPOINT};
use crate::provider::complaint::is_error;
use crate::values::error_code::ErrorCode;

/// The places of id, name and email in the user data: JSON pointers (RFC 6901).
///
/// FNCY does not document the shape of its user data, so all three are settings.
#[derive(Clone, Debug)]
pub struct UserPointers {
    id: Vec<String>,
    name: String,
    email: String,
}

/// A text that is no JSON pointer (RFC 6901), since it does not begin with a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointerError;

impl UserPointers {
    /// Makes pointers. The defaults are `/sub`, or else `/id`; `/name`; and `/email`.
    ///
    /// # Errors
    ///
    /// [`PointerError`], if a text doesn't begin with a slash.
    pub fn new(
        id: Option<&str>,
        name: Option<&str>,
        email: Option<&str>,
    ) -> Result<Self, PointerError> {
        let checked = |pointer: &str| {
            pointer
                .starts_with('/')
                .then(|| pointer.to_owned())
                .ok_or(PointerError)
        };
        Ok(Self {
            id: match id {
                Some(id) => vec![checked(id)?],
                None => vec!["/sub".to_owned(), "/id".to_owned()],
            },
            name: checked(name.unwrap_or("/name"))?,
            email: checked(email.unwrap_or("/email"))?,
        })
    }

    /// The same places, with another one for the id.
    ///
    /// # Errors
    ///
    /// [`PointerError`], if the text doesn't begin with a slash.
    pub fn with_id(self, id: &str) -> Result<Self, PointerError> {
        if !id.starts_with('/') {
            return Err(PointerError);
        }
        Ok(Self {
            id: vec![id.to_owned()],
            ..self
        })
    }

    /// Whether the id may be at a place.
    #[must_use]
    pub fn may_be_at(&self, pointer: &str) -> bool {
        self.id.iter().any(|own| own == pointer)
    }

    fn id_in<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        let mut found = self.id.iter().filter_map(|pointer| value.pointer(pointer));
        found.find(|id| !id.is_null())
    }
}

/// The user data of a signed-in user.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UserData {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    /// The kept members: a JSON object, or an empty text.
    pub(crate) claims: String,
}

/// The longest id, in bytes. Keys of databases have 255.
const MAX_ID_LEN: usize = 255;
/// The longest name, in bytes. A longer one is cut.
const MAX_NAME_LEN: usize = 200;
/// The longest email address, in bytes. Mail can't be delivered to a longer one (RFC 5321, section 4.5.3.1).
const MAX_EMAIL_LEN: usize = 254;

impl UserData {
    pub(crate) fn parse(
        answer: &ProviderAnswer,
        pointers: &UserPointers,
        keep: &[String],
    ) -> Result<Self, ProviderError> {
        let object = answer
            .object(USER_DATA_ENDPOINT)
            .map_err(|error| refused(answer, error))?;
        let value = Value::Object(object);
        let id = pointers
            .id_in(&value)
            .ok_or_else(|| without_id(answer, &value, pointers))?;
        let id = canonical_id(id).ok_or_else(|| {
            ProviderError::new(
                ErrorCode::UserDataRefused,
                "the user id is not a whole number, or a string of 1 to 255 bytes without control characters",
            )
        })?;
        Ok(Self::with_id(id, &value, pointers, keep))
    }

    /// The user in the members of another answer, such as the claims of a token. `None` without a usable id.
    pub(crate) fn of_members(
        members: &Value,
        pointers: &UserPointers,
        keep: &[String],
    ) -> Option<Self> {
        let id = canonical_id(pointers.id_in(members)?)?;
        Some(Self::with_id(id, members, pointers, keep))
    }

    fn with_id(id: String, value: &Value, pointers: &UserPointers, keep: &[String]) -> Self {
        let email = text(value.pointer(&pointers.email));
        Self {
            id,
            name: text(value.pointer(&pointers.name)).map(|name| cut(name, MAX_NAME_LEN)),
            email: email
                .filter(|email| email.len() <= MAX_EMAIL_LEN)
                .map(str::to_owned),
            claims: value
                .as_object()
                .map_or_else(String::new, |members| kept(members, keep)),
        }
    }
}

fn refused(answer: &ProviderAnswer, error: ProviderError) -> ProviderError {
    let ProviderError { code, detail, .. } = &error;
    match (code, answer.status) {
        (ErrorCode::ProviderUnavailable, _) => error,
        (_, 405) => {
            let detail =
                format!("{detail}; set FNCY_USERINFO_METHOD to GET or POST, as it requires");
            ProviderError::new(ErrorCode::UserDataRefused, detail)
        }
        _ => ProviderError::new(ErrorCode::UserDataRefused, error.detail),
    }
}

fn without_id(answer: &ProviderAnswer, data: &Value, pointers: &UserPointers) -> ProviderError {
    match data.as_object().filter(|object| {
        let error = object.get("error");
        error.is_some_and(|error| is_error(error, true))
    }) {
        Some(object) => refused(answer, answer.refusal(USER_DATA_ENDPOINT, object)),
        None => ProviderError::new(
            ErrorCode::UserIdMissing,
            format!(
                "the user data has no id at {}; set FNCY_USER_ID to its JSON pointer",
                pointers.id.join(" or ")
            ),
        ),
    }
}

/// The members that the application keeps in the session.
fn kept(object: &Map<String, Value>, keep: &[String]) -> String {
    let kept: Map<String, Value> = keep
        .iter()
        .filter_map(|name| Some((name.clone(), object.get(name)?.clone())))
        .collect();
    if kept.is_empty() {
        return String::new();
    }
    Value::Object(kept).to_string()
}

/// An id as a string. A number with a fraction or an exponent has already lost digits.
fn canonical_id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) if number.is_u64() || number.is_i64() => Some(number.to_string()),
        Value::String(_) => text(Some(value))
            .filter(|id| id.len() <= MAX_ID_LEN)
            .map(str::to_owned),
        _ => None,
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?
        .as_str()
        .filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
}

fn cut(text: &str, bytes: usize) -> String {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or_default();
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::{UserData, UserPointers};
    use crate::provider::answer::{ProviderAnswer, ProviderError};
    use crate::values::error_code::ErrorCode::{
        ProviderUnavailable, UserDataRefused, UserIdMissing,
    };

    fn parse(status: u16, body: &str) -> Result<UserData, ProviderError> {
        let pointers = UserPointers::new(None, None, None).unwrap();
        let answer = ProviderAnswer::of(status, body);
        UserData::parse(&answer, &pointers, &["roles".to_owned()])
    }

    #[test]
    fn id_name_and_email_are_found() {
        let user = parse(200, r#"{"id":42,"name":"김하늘","email":"a@b.example"}"#).unwrap();
        assert_eq!(user.id, "42");
        assert_eq!(user.name.as_deref(), Some("김하늘"));
        assert_eq!(user.email.as_deref(), Some("a@b.example"));
        assert_eq!(user.claims, "");
        let user = parse(200, r#"{"id":42,"roles":["a"],"other":1}"#).unwrap();
        assert_eq!(user.claims, r#"{"roles":["a"]}"#);
        assert_eq!(parse(200, r#"{"sub":"s","id":"i"}"#).unwrap().id, "s");
    }

    #[test]
    fn p33_no_id_is_guessed() {
        let long = format!(r#"{{"id":"{}"}}"#, "x".repeat(10_000));
        for (status, body, code) in [
            (200, "{}", UserIdMissing),
            (200, r#"{"id":null}"#, UserIdMissing),
            (200, "[]", UserDataRefused),
            (200, r#"{"id":""}"#, UserDataRefused),
            (200, r#"{"id":1.5}"#, UserDataRefused),
            (200, r#"{"id":18446744073709551616}"#, UserDataRefused),
            (200, r#"{"id":true}"#, UserDataRefused),
            (200, r#"{"id":"a\u0000b"}"#, UserDataRefused),
            (200, r#"{"id":"a","id":"b"}"#, UserDataRefused),
            (200, &long, UserDataRefused),
            (401, r#"{"error":"invalid_token"}"#, UserDataRefused),
            (401, r#"{"error":"invalid_token","id":1}"#, UserDataRefused),
            (200, r#"{"error":"invalid_token"}"#, UserDataRefused),
            (200, r#"{"error":{"code":"x"},"id":null}"#, UserDataRefused),
            (200, r#"{"error":""}"#, UserIdMissing),
            (503, "", ProviderUnavailable),
        ] {
            assert_eq!(parse(status, body).unwrap_err().code, code, "{body}");
        }
    }

    #[test]
    fn p39_an_error_beside_an_id_means_nothing() {
        for error in [
            "null",
            r#""""#,
            "false",
            "0",
            r#"{"code":"ok"}"#,
            r#""none""#,
        ] {
            let body = format!(r#"{{"id":"a","error":{error}}}"#);
            assert_eq!(parse(200, &body).unwrap().id, "a", "{error}");
        }
    }

    #[test]
    fn an_odd_name_or_email_is_dropped() {
        let body = format!(
            r#"{{"id":"a","name":"{}","email":"a\nb"}}"#,
            "é".repeat(150)
        );
        let user = parse(200, &body).unwrap();
        assert_eq!(user.name.unwrap().len(), 200);
        assert_eq!(user.email, None);
    }
}
