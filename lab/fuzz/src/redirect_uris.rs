//! Several redirect URIs (row R16): which sets a login starts with, and which one a request's host chooses.

use std::collections::HashSet;

use fncy_login::Login;
use fncy_login::adapter::{Decision, Verdict};
use url::{Host, Url};

use crate::input::Input;
use crate::reply::{AUTHORIZE_URL, values};
use crate::request::Request;

/// Bytes from 128 on stand for these.
const PARTS: [&str; 16] = [
    "https://app.example",
    "https://other.example",
    "http://localhost",
    "http://127.0.0.1",
    "/auth/callback",
    "/sub",
    " ",
    ":8443",
    "https://",
    "?a=1",
    "#f",
    "user:word@",
    "HTTPS://APP.example",
    "/auth/login",
    "https://[::1]",
    "\u{d55c}",
];

/// The setting, then after a line break the lines of a request's `Host` header.
pub(crate) fn check(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let setting = text(lines.next().unwrap_or_default());
    let vars = [
        ("FNCY_BASE_URL", "http://127.0.0.1:4000"),
        ("FNCY_AUTHORIZE_URL", AUTHORIZE_URL),
        ("FNCY_CLIENT_ID", "client"),
        ("FNCY_CLIENT_SECRET", "a secret of the client"),
        ("FNCY_REDIRECT_URI", &setting),
        ("FNCY_USERINFO_URL", "http://127.0.0.1:4000/me"),
        (
            "FNCY_COOKIE_SECRET",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=",
        ),
    ];
    let vars = vars.map(|(name, value)| (name, value.to_owned()));
    let login = Login::builder().env_from(vars).build();
    let uris: Vec<_> = setting.split_whitespace().collect();
    let Ok(login) = login else {
        assert!(
            uris.join(" ") != setting || !are_plain(&uris),
            "{setting:?} is refused"
        );
        return;
    };
    assert_can_be_used(&uris);
    assert_eq!(login.site().redirect_uri(), uris[0]);
    let hosts: Vec<_> = lines.take(3).map(text).collect();
    let page = format!("{}/a-page-of-the-application", login.site().base());
    let page = Request::get(&page).header("accept", "text/html");
    let page = hosts
        .iter()
        .fold(page, |page, host| page.header("host", host));
    let Decision::Now(Verdict::Reply(reply)) = login.decide(&page, None) else {
        panic!("a protected page starts a sign-in at once")
    };
    let location = Url::parse(values(&reply, "location")[0]).unwrap();
    let mut sent = location
        .query_pairs()
        .filter(|(name, _)| name == "redirect_uri");
    let (_, sent) = sent.next().unwrap();
    assert_eq!(sent, chosen(&uris, &hosts), "{hosts:?}");
}

fn text(bytes: &[u8]) -> String {
    let mut input = Input::new(bytes);
    let mut text = String::new();
    while !input.is_empty() {
        let byte = input.byte();
        match byte.checked_sub(128) {
            None => text.push(char::from(byte)),
            Some(number) => text.push_str(PARTS[usize::from(number) % PARTS.len()]),
        }
    }
    text
}

/// What a code may be sent to: each is a secure address in the browsers' spelling, at the same path of another host.
fn assert_can_be_used(uris: &[&str]) {
    let mut hosts = HashSet::new();
    let first = Url::parse(uris[0]).unwrap();
    for uri in uris {
        let url = Url::parse(uri).unwrap();
        let is_local = match url.host().unwrap() {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        assert!(
            url.scheme() == "https" || url.scheme() == "http" && is_local,
            "{uri}"
        );
        assert_eq!(url.as_str(), *uri);
        assert!(
            url.username().is_empty() && url.password().is_none(),
            "{uri}"
        );
        assert!(url.query().is_none() && url.fragment().is_none(), "{uri}");
        assert_eq!(
            url.path().trim_end_matches('/'),
            first.path().trim_end_matches('/')
        );
        assert!(
            hosts.insert(url.host_str().unwrap().to_owned()),
            "{uri} is there twice"
        );
    }
}

/// Sets that are right without a doubt.
fn are_plain(uris: &[&str]) -> bool {
    let plain = [
        "https://app.example",
        "https://other.example",
        "http://localhost",
    ];
    ["/auth/callback", "/sub/auth/callback"].iter().any(|path| {
        let mut places = uris.iter().map(|uri| uri.strip_suffix(path));
        let distinct: HashSet<_> = uris.iter().collect();
        !uris.is_empty()
            && distinct.len() == uris.len()
            && places.all(|place| place.is_some_and(|place| plain.contains(&place)))
    })
}

/// The URI with the only host that is named, in any case and with any port; otherwise the first.
fn chosen<'a>(uris: &[&'a str], hosts: &[String]) -> &'a str {
    let [host] = hosts else { return uris[0] };
    let host = host.trim_matches([' ', '\t']).to_ascii_lowercase();
    let port = host
        .rfind(':')
        .filter(|at| host[at + 1..].chars().all(|c| c.is_ascii_digit()));
    let is_named = |uri: &&&str| {
        let url = Url::parse(uri).unwrap();
        let name = url.host_str().unwrap();
        host == name || port.is_some_and(|at| host[..at] == *name)
    };
    uris.iter().find(is_named).unwrap_or(&uris[0])
}
