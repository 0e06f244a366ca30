//! The `Host` header (row R16): it chooses among the redirect URIs, and an unknown host gets the first.

use crate::app::{self, NOW, ORIGIN, OTHER_ORIGIN, TWO_HOSTS};
use crate::reply::{AUTHORIZE_URL, values};
use crate::request::Request;

/// The header's lines.
pub(crate) fn check(data: &[u8]) {
    let lines: Vec<_> = data.split(|byte| *byte == b'\n').take(3).collect();
    let page = Request::get("/page").header("accept", "text/html");
    let page = lines
        .iter()
        .fold(page, |page, line| page.header("host", line));
    let reply = app::reply_to(&TWO_HOSTS, &page, NOW);
    let location = values(&reply, "location")[0];
    assert!(location.starts_with(AUTHORIZE_URL));
    let location = url::Url::parse(location).unwrap();
    let mut sent = location
        .query_pairs()
        .filter(|(name, _)| name == "redirect_uri");
    let origin = if is_other(&lines) {
        OTHER_ORIGIN
    } else {
        ORIGIN
    };
    let (_, redirect_uri) = sent.next().unwrap();
    assert_eq!(redirect_uri, format!("{origin}/auth/callback"));
}

/// One line, with the name in any case and any port (RFC 9110, section 7.2).
fn is_other(lines: &[&[u8]]) -> bool {
    let [line] = lines else {
        return false;
    };
    let host = String::from_utf8_lossy(line).to_ascii_lowercase();
    let host = host.trim_matches([' ', '\t']);
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    name == "other.example" && port.chars().all(|char| char.is_ascii_digit())
}
