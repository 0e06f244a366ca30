//! Reading the bearer token of a request (RFC 6750, section 2).
//!
//! Rules:
//! - The token is in one `Authorization` header. A request that shows it twice, or in the query too, is malformed.
//! - A request with `Authorization` shows no cookie, whatever the scheme is. Otherwise a program that shows a bad token
//!   would act as the user of a cookie.

use form_urlencoded::parse;

use crate::request::head::Head;

/// The longest token, in bytes. Many servers take no more in all headers together.
const MAX_TOKEN_LEN: usize = 8 * 1024;

/// What a request shows in its `Authorization` header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credentials<'a> {
    /// There is no such header.
    Absent,
    /// A text with the form of a token.
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

#[cfg(test)]
mod tests {
    use super::{Credentials, MAX_TOKEN_LEN, credentials};
    use crate::tests::request::Request;

    #[test]
    fn b01_a_token_is_shown_once_in_one_header() {
        let long = format!("Bearer {}", "a".repeat(MAX_TOKEN_LEN + 1));
        for (lines, query, expected) in [
            (&["Bearer abc"][..], "", Credentials::Token("abc")),
            (&["bearer abc="], "", Credentials::Token("abc=")),
            (
                &[" BEARER  a.b-c_~+/=="],
                "",
                Credentials::Token("a.b-c_~+/=="),
            ),
            (&[], "", Credentials::Absent),
            (&[], "access_token=abc", Credentials::Absent),
            (&["Bearer"], "", Credentials::NoToken),
            (&["Bearer "], "", Credentials::NoToken),
            (&[""], "", Credentials::NoToken),
            (&["Basic YTpi"], "", Credentials::NoToken),
            (&["Bearerabc"], "", Credentials::NoToken),
            (&["Bearer =="], "", Credentials::Malformed),
            (&["Bearer a b"], "", Credentials::Malformed),
            (&["Bearer a,b"], "", Credentials::Malformed),
            (&["Bearer \u{e9}"], "", Credentials::Malformed),
            (&["Bearer abc", "Bearer abc"], "", Credentials::Malformed),
            (&["Basic YTpi", "Bearer abc"], "", Credentials::Malformed),
            (
                &["Bearer abc"],
                "a=1&access%5Ftoken=abc",
                Credentials::Malformed,
            ),
            (
                &["Bearer abc"],
                "my_access_token=1",
                Credentials::Token("abc"),
            ),
            (&[&*long], "", Credentials::TooLong),
        ] {
            let request = Request::get(&format!("/?{query}"));
            let request = lines.iter().fold(request, |request, line| {
                request.header("authorization", line)
            });
            assert_eq!(credentials(&request), expected, "{lines:?} {query}");
        }
    }
}
