//! The provider's reason for a refusal, made fit for an operator's log.
//!
//! Rules:
//! - An answer with a token in it shows nothing.
//! - No part of a secret in the request is shown. Servers like to repeat it ("Invalid refresh token: …").
//! - An error code is short and plain, or it is not shown.
//! - A description is cut, and is visible ASCII.

use serde_json::{Map, Value};

use crate::provider::answer::ProviderAnswer;

/// The longest error code. Those of the standards have at most 32 characters, and those of large providers 50.
const MAX_CODE_LEN: usize = 64;
/// The longest shown description, in characters. Two sentences fit, which have the reason.
const MAX_DESCRIPTION_LEN: usize = 200;
/// The part of a description that is read, in characters.
const MAX_READ_LEN: usize = 1_000;
/// If this many bytes in a row are also in a secret, they are a part of the secret and no accident.
const PART_LEN: usize = 8;

/// Whether the member `error` says that there is an error. Some servers have `{"code":"ok"}` in each answer, so an
/// object or an array counts only if the answer has nothing else (`is_alone`).
pub(super) fn is_error(error: &Value, is_alone: bool) -> bool {
    match error {
        Value::Null => false,
        Value::Bool(is_error) => *is_error,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => is_alone,
    }
}

impl ProviderAnswer {
    /// The error code of a refusal, if it has a plain one.
    pub(crate) fn cause(&self) -> Option<String> {
        self.error_code(&self.json().ok()?)
    }

    /// The error code, if it is plain: letters, digits, `_`, `.` and `-`. An object has it in its member `code`.
    pub(super) fn error_code(&self, object: &Map<String, Value>) -> Option<String> {
        let error = object.get("error")?;
        let code = match error.get("code").unwrap_or(error) {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
        let fits = (1..=MAX_CODE_LEN).contains(&code.len()) && code.bytes().all(is_plain);
        (fits && self.without_sent(&code) == code).then_some(code)
    }

    /// The provider's own description of its refusal: at most 200 characters of visible ASCII, without any part of what
    /// was sent.
    ///
    /// `None` for a success, and for an answer with a token.
    ///
    /// It may name a person. So show it only in a log that is read while a fault is being repaired.
    #[must_use]
    pub fn description(&self) -> Option<String> {
        let object = self.json().ok()?;
        let error = object.get("error");
        let is_success = (200..300).contains(&self.status);
        let has_token = object.keys().any(|name| name.ends_with("_token"));
        if has_token || is_success && !error.is_some_and(|error| is_error(error, true)) {
            return None;
        }
        let inner = error.and_then(Value::as_object);
        let text = [Some(&object), inner]
            .into_iter()
            .flatten()
            .flat_map(|object| ["error_description", "message"].map(|name| object.get(name)))
            .find_map(|text| text?.as_str().filter(|text| !text.is_empty()))?;
        let shown = text.chars().take(MAX_READ_LEN).map(|letter| match letter {
            ' '..='~' => letter,
            _ if letter.is_whitespace() => ' ',
            _ => '?',
        });
        let shown = self.without_sent(&shown.collect::<String>());
        Some(shown.chars().take(MAX_DESCRIPTION_LEN).collect())
    }

    /// The text, with `...` in place of each part of a secret that was sent.
    fn without_sent(&self, text: &str) -> String {
        let bytes = text.as_bytes();
        let mut is_sent = vec![false; bytes.len()];
        for secret in &self.sent {
            let secret = secret.expose().as_bytes();
            let length = secret.len().clamp(1, PART_LEN);
            for (at, part) in bytes.windows(length).enumerate() {
                if secret.windows(length).any(|sent| sent == part) {
                    is_sent[at..at + length].fill(true);
                }
            }
        }
        let mut shown = String::with_capacity(text.len());
        for (at, letter) in text.char_indices() {
            match is_sent[at] {
                false => shown.push(letter),
                true if shown.ends_with("...") => {}
                true => shown.push_str("..."),
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use crate::provider::answer::ProviderAnswer;
    use crate::values::secret::Secret;

    fn answer(status: u16, body: &str) -> ProviderAnswer {
        let sent = ["sent-in-the-body", "abc", ""];
        ProviderAnswer {
            sent: sent.map(|secret| Secret::new(secret.to_owned())).to_vec(),
            ..ProviderAnswer::of(status, body)
        }
    }

    fn code(error: &str) -> Option<String> {
        let answer = answer(400, &format!(r#"{{"error":{error}}}"#));
        answer.error_code(&answer.json().unwrap())
    }

    #[test]
    fn only_a_plain_code_reaches_the_log() {
        for plain in ["redirect_uri_mismatch", "KOE320", "urn.x-1"] {
            let quoted = format!("{plain:?}");
            assert_eq!(code(&quoted).as_deref(), Some(plain));
            let inside = format!(r#"{{"code":{quoted},"message":""}}"#);
            assert_eq!(code(&inside).as_deref(), Some(plain));
        }
        assert_eq!(code("190").as_deref(), Some("190"));
        let long = format!("{:?}", "x".repeat(65));
        for other in [
            r#""<script>""#,
            r#""Bad Request""#,
            r#""a\nb""#,
            r#""""#,
            r#""sent-in-the-body""#,
            r#""sent-in-""#,
            r#""xabc""#,
            "true",
            "[]",
            "{}",
            &long,
        ] {
            assert_eq!(code(other), None, "{other}");
        }
    }

    #[test]
    fn a_description_is_cut_and_visible_and_has_no_secret() {
        let described = |status, body: &str| answer(status, body).description();
        for (body, shown) in [
            (r#"{"error_description":"a\r\nb\u00e9"}"#, "a  b?"),
            (r#"{"error_description":"","message":"m"}"#, "m"),
            (r#"{"error":{"message":"inner"}}"#, "inner"),
            (
                r#"{"error_description":"Invalid code: sent-in-the-body (abc)"}"#,
                "Invalid code: ... (...)",
            ),
            (r#"{"message":"it was xsent-in-zy"}"#, "it was x...zy"),
        ] {
            assert_eq!(described(400, body).as_deref(), Some(shown), "{body}");
        }
        let long = format!(r#"{{"message":"{}"}}"#, "x".repeat(5_000));
        assert_eq!(described(400, &long).unwrap().len(), 200);
        let failed = r#"{"error":"e","message":"m"}"#;
        assert_eq!(described(200, failed).as_deref(), Some("m"));
        for (status, body) in [
            (200, r#"{"message":"m"}"#),
            (200, r#"{"error":"","message":"m"}"#),
            (400, r#"{"access_token":"t","message":"m"}"#),
            (400, "m"),
            (400, "{}"),
        ] {
            assert_eq!(described(status, body), None, "{body}");
        }
    }
}
