//! Reading the bearer token of a request (RFC 6750, section 2).
//!
//! Rules:
//! - The token is in one `Authorization` header. A request that shows it twice, or in the query too, is malformed.
//! - A request with `Authorization` shows no cookie, whatever the scheme is. Otherwise a program that shows a bad token
//!   would act as the user of a cookie.

use form_urlencoded::parse;

use crate::request::head::Head;

/// The longest token, in bytes. Servers take no more than about that in a header.
const MAX_TOKEN_LEN: usize = 16 * 1024;

/// What a request shows in its `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credentials<'a> {
    /// There is no such header.
    Absent,
    /// A token that may be one.
    Token(&'a str),
    /// The header has another scheme, or no token.
    NoToken,
    /// The token is too long.
    TooLong,
    /// The header is there twice, the token is in the query too, or it has characters that no token has.
    Malformed,
}

/// Reads the credentials of a request.
pub(crate) fn credentials<H: Head>(head: &H) -> Credentials<'_> {
    let mut lines = head.lines("authorization");
    let Some(line) = lines.next() else {
        return Credentials::Absent;
    };
    if lines.next().is_some() || has_query_token(head) {
        return Credentials::Malformed;
    }
    let line = line.trim_ascii();
    let end = line.iter().position(|byte| *byte == b' ');
    let (scheme, token) = line.split_at(end.unwrap_or(line.len()));
    let token = token.trim_ascii_start();
    if !scheme.eq_ignore_ascii_case(b"bearer") || token.is_empty() {
        return Credentials::NoToken;
    }
    if token.len() > MAX_TOKEN_LEN {
        return Credentials::TooLong;
    }
    match std::str::from_utf8(token) {
        Ok(token) if is_token(token) => Credentials::Token(token),
        _ => Credentials::Malformed,
    }
}

/// The token of a request that was admitted with it.
pub(crate) fn shown_token<H: Head>(head: &H) -> Option<&str> {
    match credentials(head) {
        Credentials::Token(token) => Some(token),
        _ => None,
    }
}

fn has_query_token<H: Head>(head: &H) -> bool {
    let query = head.query().unwrap_or_default();
    parse(query.as_bytes()).any(|(name, _)| name == "access_token")
}

/// Whether a text is a `b64token` (RFC 6750, section 2.1).
fn is_token(text: &str) -> bool {
    let plain = text.trim_end_matches('=');
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !plain.is_empty() && plain.bytes().all(is_plain)
}
