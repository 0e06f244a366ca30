//! The time of the person's sign-in at the provider, as the provider says it (OpenID Connect Core, section 2).

use serde_json::Value;

use crate::provider::answer::{ProviderAnswer, TOKEN_ENDPOINT, USER_DATA_ENDPOINT};
use crate::provider::user_data::PointerError;
use crate::values::timestamp::Timestamp;

/// The place of the sign-in's time: an answer, and a JSON pointer (RFC 6901) into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthTime {
    answer: Answer,
    pointer: String,
}

/// An answer of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Token,
    UserData,
}

impl AuthTime {
    /// Parses a JSON pointer into the user data, or `token:` and a pointer into the token answer.
    ///
    /// # Errors
    ///
    /// [`PointerError`], if the pointer doesn't begin with a slash.
    ///
    /// ```
    /// use fncy_login_core::AuthTime;
    ///
    /// assert!(AuthTime::parse("/auth_time").is_ok());
    /// assert!(AuthTime::parse("token:/auth_time").is_ok());
    /// assert!(AuthTime::parse("auth_time").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, PointerError> {
        let (answer, pointer) = match text.strip_prefix("token:") {
            Some(pointer) => (Answer::Token, pointer),
            None => (Answer::UserData, text),
        };
        let pointer = pointer.starts_with('/').then(|| pointer.to_owned());
        let pointer = pointer.ok_or(PointerError)?;
        Ok(Self { answer, pointer })
    }

    /// The time in this answer: a number of seconds since 1970. `None` if the answer has none at the place.
    pub(crate) fn read(&self, answer: Answer, body: &ProviderAnswer) -> Option<Timestamp> {
        if self.answer != answer {
            return None;
        }
        let name = match answer {
            Answer::Token => TOKEN_ENDPOINT,
            Answer::UserData => USER_DATA_ENDPOINT,
        };
        let value = Value::Object(body.object(name).ok()?);
        let seconds = value.pointer(&self.pointer)?.as_u64();
        seconds.map(Timestamp::from_unix)
    }
}
