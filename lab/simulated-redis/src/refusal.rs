//! What the server answers instead of a result: a code and a detail.

use std::fmt;

use redis::{RedisError, parse_redis_value};

/// The line that the server sends, without its first sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal(String);

impl Refusal {
    pub(crate) fn new(code: &str, detail: &str) -> Self {
        Self(format!("{code} {detail}"))
    }

    pub(crate) fn line(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    /// The error as the client of the real server reads it.
    pub(crate) fn into_error(self) -> RedisError {
        let line = format!("-{}\r\n", self.0.replace(['\r', '\n'], " "));
        let answer = parse_redis_value(line.as_bytes());
        match answer.and_then(redis::Value::extract_error) {
            Err(error) => error,
            Ok(_) => RedisError::from((redis::ErrorKind::Parse, "a refusal is no error")),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// The error that a server answers, such as `READONLY` or `LOADING`.
#[must_use]
pub fn server_error(code: &str, detail: &str) -> RedisError {
    Refusal::new(code, detail).into_error()
}
