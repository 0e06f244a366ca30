//! The bearer token of a request: one token in one header, or none.

use fncy_login_core::Head as _;
use form_urlencoded::parse;

use crate::app::PRIVATE;
use crate::input::Input;
use crate::request::Request;

/// A byte for the path, the query, then lines of the header.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let path = input.one_of(&[
        "/api/orders",
        "/api",
        "/apis",
        "/page",
        "/public",
        "/auth/session",
    ]);
    let mut lines = input.rest().split(|byte| *byte == b'\n');
    let query = lines.next().unwrap_or_default();
    let query = String::from_utf8_lossy(query).replace(char::is_control, "");
    let lines: Vec<_> = lines.take(3).collect();
    let request = Request::get(&format!("{path}?{query}"));
    let request = lines.iter().fold(request, |request, line| {
        request.header("authorization", line)
    });
    let machine = PRIVATE.bearer_machine();
    let shown = machine.shown(&request);
    let accepts = path == "/api" || path.starts_with("/api/");
    assert_eq!(shown.is_some(), accepts && !lines.is_empty());
    let Some(shown) = shown else { return };
    assert_eq!(shown.prefix, 0);
    assert_eq!(
        shown.token.ok(),
        token(&lines, request.query().unwrap_or_default())
    );
}

/// The token of the only line, by the grammar of RFC 6750, section 2.1, if the query has none.
fn token<'a>(lines: &[&'a [u8]], query: &str) -> Option<&'a str> {
    let [line] = lines else { return None };
    let line = std::str::from_utf8(line).ok()?;
    let line = line.trim_matches([' ', '\t', '\r', '\u{c}']);
    let (scheme, rest) = line.split_once(' ')?;
    let token = rest.trim_start_matches([' ', '\t', '\r', '\u{c}']);
    let in_query = parse(query.as_bytes());
    let mut in_query = in_query.filter(|(name, _)| name == "access_token");
    let body = token.trim_end_matches('=');
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-._~+/".contains(c);
    let is_token = !body.is_empty() && body.chars().all(is_letter) && token.len() <= 8_192;
    (scheme.eq_ignore_ascii_case("bearer") && is_token && in_query.next().is_none())
        .then_some(token)
}
