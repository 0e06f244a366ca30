//! The callback's query: any text that an authorization server, or a forger in its place, may send.
//!
//! The machine asks the provider for a token if, and only if, `state` is that of a transaction of this browser and there is
//! exactly one code. The answer shows no other part of the query.

use std::collections::BTreeMap;

use fncy_login_core::Exchange;

use crate::app::{self, NOW, Outcome, PRIVATE};
use crate::input::Input;
use crate::reply::{removed, set_cookies};
use crate::request::Request;
use crate::sealer::login_name;
use crate::sign_in::{Started, start};

/// What may be there once.
const KNOWN: [&str; 4] = ["state", "code", "error", "iss"];
/// What is of another flow.
const FOREIGN: [&str; 3] = ["access_token", "id_token", "response"];
/// Stands in a query for what must not come back.
const MARK: &str = "zq9<mark>\"";

/// A byte of choices, then the query.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let choices = input.byte();
    let started = start(&PRIVATE, "/page");
    let query = expand(&input.text(), &started);
    let method = if choices & 1 == 0 { "GET" } else { "HEAD" };
    let mut request = Request::new(method, &format!("/auth/callback?{query}"));
    if choices & 2 == 0 {
        request = request.header("cookie", started.jar.header(NOW.as_unix()));
    }
    if choices & 4 != 0 {
        request = request.header("sec-purpose", "prefetch");
    }
    let mut codes = Vec::new();
    let outcome = app::settle(&PRIVATE, &request, NOW, |exchange| {
        let Exchange::Redeem(redeem) = exchange else {
            panic!("it asks {exchange:?}")
        };
        codes.push(redeem.code.expose().to_owned());
        app::response(400, r#"{"error":"invalid_grant"}"#)
    });
    let Outcome::Reply(reply) = outcome else {
        panic!("a callback is admitted")
    };
    let said = Said::in_query(&query);
    let is_own = said.state.as_ref() == Some(&started.state) && choices & 2 == 0;
    let is_read = is_own && choices & 5 == 0;
    let expected = said.code.filter(|_| is_read);
    assert_eq!(codes, Vec::from_iter(expected), "{query}");
    assert!((400..500).contains(&reply.status) || reply.status == 503 || reply.status >= 500);
    let finished = [login_name(&started.state)];
    let expected: &[String] = if is_read { &finished } else { &[] };
    assert_eq!(removed(&set_cookies(&reply)), expected, "{query}");
    let mut shown = reply
        .headers
        .iter()
        .map(|(_, value)| &**value)
        .chain([&*reply.body]);
    assert!(!shown.any(|text| text.contains("zq9")), "{query}");
}

fn expand(text: &str, started: &Started) -> String {
    let mut query = String::new();
    for letter in text.chars() {
        match letter {
            '\u{1}' => query.push_str(&started.state),
            '\u{2}' => query.push_str("&state="),
            '\u{3}' => query.push_str("&code="),
            '\u{4}' => query.push_str(MARK),
            '\u{5}' => query.push_str("&error="),
            '\u{6}' => query.push_str("&iss="),
            // It would be the end of the query.
            '#' => {}
            char::REPLACEMENT_CHARACTER => query.push_str("%ff"),
            letter => query.push(letter),
        }
    }
    query
}

/// What a query says to a reader that isn't ours.
struct Said {
    /// None where it isn't there once, or the callback is malformed in another way.
    state: Option<String>,
    /// None where there is an error beside it.
    code: Option<String>,
}

impl Said {
    fn in_query(query: &str) -> Self {
        let mut values: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            values.entry(decode(name)).or_default().push(decode(value));
        }
        let is_malformed = values.iter().any(|(name, found)| {
            let is_list = |known: &str| name.starts_with(format!("{known}[").as_bytes());
            let is_known = KNOWN.iter().any(|known| name == known.as_bytes());
            let is_text = found.len() == 1 && std::str::from_utf8(&found[0]).is_ok();
            KNOWN.into_iter().any(is_list)
                || is_known && !is_text
                || FOREIGN.iter().any(|foreign| name == foreign.as_bytes())
        });
        let once = |name: &str| {
            let value = values.get(name.as_bytes())?.first()?;
            String::from_utf8(value.clone()).ok()
        };
        let is_code = |code: &String| {
            (1..=8192).contains(&code.len()) && code.chars().all(|c| (' '..='~').contains(&c))
        };
        Self {
            state: once("state").filter(|_| !is_malformed),
            code: once("code")
                .filter(is_code)
                .filter(|_| once("error").is_none()),
        }
    }
}

/// Letter by letter, as a form's query is read.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| char::from(*byte?).to_digit(16);
    let mut bytes = text.as_bytes();
    let mut decoded = Vec::new();
    while let Some((first, rest)) = bytes.split_first() {
        let escaped = digit(rest.first()).zip(digit(rest.get(1)));
        let (byte, rest) = match (first, escaped) {
            (b'%', Some((high, low))) => ((high * 16 + low) as u8, &rest[2..]),
            (b'+', _) => (b' ', rest),
            _ => (*first, rest),
        };
        decoded.push(byte);
        bytes = rest;
    }
    decoded
}
