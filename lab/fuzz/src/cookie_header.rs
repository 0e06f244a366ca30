//! The `Cookie` header: any bytes, on any number of lines.
//!
//! A reader that splits as simply as can be says what is in the header. The machine must find the same: who is signed in,
//! which cookies go, and which stay.

use fncy_login_core::Core;

use crate::app::{self, NOW, ORIGIN, Outcome, PRIVATE};
use crate::bodies::{Session, texts};
use crate::reply::{removed, set_cookies, values};
use crate::request::Request;
use crate::sealer::{self, FOREIGN, OURS, SESSION};

/// The header, with bytes from 0x80 on standing for what no fuzzer would guess.
pub(crate) fn check(data: &[u8]) {
    let lines = expand(data);
    let request = |method, target| {
        let request = Request::new(method, target);
        lines
            .iter()
            .fold(request, |request, line| request.header("cookie", line))
    };
    let found = Found::in_lines(&lines);
    assert_session(&PRIVATE, &request("GET", "/page"), &found);
    assert_login(&request("GET", "/page"), &found);
    assert_sign_out(&request("POST", "/auth/logout"), &found);
}

fn expand(data: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = vec![Vec::new()];
    for byte in data {
        let line = lines.last_mut().unwrap();
        match byte {
            0x80 => line.extend(SESSION.bytes()),
            0x81 => line.extend(value("alex", &OURS).bytes()),
            0x82 => line.extend(value("bora", &OURS).bytes()),
            0x83 => line.extend(value("alex", &FOREIGN).bytes()),
            0x84 => line.extend(value("alex", &OURS).replace('A', "B").bytes()),
            0x85 => line.extend(b"__Host-fncy_login_0123456789abcde"),
            0x86 => line.extend(b"; "),
            0x87 => lines.push(Vec::new()),
            byte => line.push(*byte),
        }
    }
    lines
}

fn value(user: &str, sealer: &sealer::Sealer) -> String {
    let session = Session::of(user);
    let tokens = sealer.tokens(session.session_id, 0, &texts(&["access", "refresh"]));
    format!("{}.{tokens}", sealer.session(&session.encode()))
}

/// What the header says of us.
struct Found {
    /// Whose sessions open, among the first three.
    users: Vec<&'static str>,
    has_foreign: bool,
    has_any: bool,
    sessions: Vec<String>,
    logins: Vec<String>,
}

impl Found {
    fn in_lines(lines: &[Vec<u8>]) -> Self {
        let pairs: Vec<_> = lines.iter().flat_map(|line| pairs(line)).collect();
        let tried = pairs.iter().filter(|(name, _)| name == SESSION.as_bytes());
        let tried: Vec<_> = tried.take(3).map(|(_, value)| user_part(value)).collect();
        let opens = |user| tried.contains(&user_part(value(user, &OURS).as_bytes()));
        Self {
            users: ["alex", "bora"]
                .into_iter()
                .filter(|user| opens(user))
                .collect(),
            has_foreign: tried.iter().any(|text| sealer::is_foreign(text)),
            has_any: !tried.is_empty(),
            sessions: names(&pairs, |name| {
                let chunk = name.strip_prefix(SESSION);
                matches!(chunk, Some("" | ".1" | ".2" | ".3" | ".4"))
            }),
            logins: names(&pairs, |name| {
                name.strip_prefix("__Host-fncy_login_").is_some_and(|hex| {
                    hex.len() == 16 && hex.chars().all(|c| "0123456789abcdef".contains(c))
                })
            }),
        }
    }
}

fn pairs(line: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    let trim = |text: &[u8]| {
        let is_space = |byte: &u8| b" \t\r\n\x0c".contains(byte);
        let start = text.iter().position(|byte| !is_space(byte));
        let end = text.iter().rposition(|byte| !is_space(byte));
        start.map_or(Vec::new(), |start| text[start..=end.unwrap()].to_vec())
    };
    line.split(|byte| *byte == b';').filter_map(move |text| {
        let equals = text.iter().position(|byte| *byte == b'=')?;
        let name = trim(&text[..equals]);
        (!name.is_empty()).then(|| (name, trim(&text[equals + 1..])))
    })
}

fn user_part(value: &[u8]) -> Vec<u8> {
    value.split(|byte| *byte == b'.').next().unwrap().to_vec()
}

fn names(pairs: &[(Vec<u8>, Vec<u8>)], fits: impl Fn(&str) -> bool) -> Vec<String> {
    let names = pairs
        .iter()
        .map(|(name, _)| String::from_utf8(name.clone()));
    let mut names: Vec<_> = names.flatten().filter(|name| fits(name)).collect();
    names.sort();
    names.dedup();
    names
}

/// Exactly one opens: it is the session. Otherwise what is ours and broken goes, once.
fn assert_session(core: &Core, request: &Request, found: &Found) {
    let outcome = app::settle(core, request, NOW, |exchange| {
        panic!("it asks {exchange:?}")
    });
    match (outcome, found.users.as_slice()) {
        (Outcome::Admit(admission), [user]) => {
            assert_eq!(admission.user.unwrap().id(), *user);
            assert!(admission.update.is_none());
        }
        (Outcome::Reply(reply), users) => {
            assert_eq!(reply.status, 401);
            assert_ne!(users.len(), 1, "{users:?}");
            let goes = found.has_any && (users.len() == 2 || !found.has_foreign);
            let expected: &[String] = if goes { &found.sessions } else { &[] };
            assert_eq!(removed(&set_cookies(&reply)), expected);
        }
        (Outcome::Admit(admission), users) => panic!("{admission:?}, not {users:?}"),
    }
}

/// One more login leaves no more than five, and removes no more than a proxy lets through.
fn assert_login(request: &Request, found: &Found) {
    if !found.users.is_empty() {
        return;
    }
    let page = request.clone().header("accept", "text/html");
    let reply = app::reply_to(&PRIVATE, &page, NOW);
    let (new, gone): (Vec<&str>, Vec<&str>) = set_cookies(&reply)
        .into_iter()
        .partition(|line| line.ends_with("=3600"));
    assert_eq!(new.len(), 1, "{new:?}");
    let mut gone = removed(&gone);
    gone.retain(|name| name.contains("_login_"));
    let surplus = found.logins.len().saturating_sub(4).min(20);
    assert_eq!(gone, &found.logins[..surplus], "none opens: in their order");
}

/// A sign-out removes all that is ours.
fn assert_sign_out(request: &Request, found: &Found) {
    let post = request.clone().header("origin", ORIGIN);
    let outcome = app::settle(&PRIVATE, &post, NOW, |_| app::response(200, ""));
    let Outcome::Reply(reply) = outcome else {
        panic!("a sign-out is admitted")
    };
    assert_eq!(reply.status, 303);
    let own = [SESSION, "__Host-fncy_round"].map(str::to_owned);
    let present = found.sessions.iter().chain(found.logins.iter().take(20));
    let mut expected: Vec<&str> = present.chain(&own).map(String::as_str).collect();
    expected.sort();
    expected.dedup();
    assert_eq!(removed(&set_cookies(&reply)), expected);
    assert_eq!(values(&reply, "location"), ["/auth/logout"]);
}
