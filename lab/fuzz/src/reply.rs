//! The rules of each answer of ours, whatever the request was.

use fncy_login_core::{PRIVATE, Reply};

/// Where the provider signs people in: the only address elsewhere that a redirect may lead to.
pub(crate) const AUTHORIZE_URL: &str = "https://fncy.example/v1/oauth2/authorize";
/// The attributes of all our cookies, but for the number of seconds behind them.
const ATTRIBUTES: &str = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=";

/// Asserts it: nobody stores what sets a cookie, a browser keeps each cookie, nothing breaks out of
/// a header, and every redirect leads to us or to the provider.
pub(crate) fn assert_sane(reply: &Reply) {
    for (name, value) in &reply.headers {
        let is_visible = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        assert!(is_visible, "{name}: {value:?}");
    }
    let lines = set_cookies(reply);
    lines.iter().for_each(|line| assert_cookie(line));
    if !lines.is_empty() {
        assert_eq!(values(reply, "cache-control"), [PRIVATE]);
    }
    for location in values(reply, "location") {
        let is_local = location.starts_with('/') && !location.starts_with("//");
        assert!(
            is_local || location.starts_with(AUTHORIZE_URL),
            "{location}"
        );
    }
}

/// Asserts that a browser keeps a cookie as it is meant.
pub(crate) fn assert_cookie(line: &str) {
    assert!(line.len() <= 4096, "{} bytes", line.len());
    let (pair, max_age) = line
        .split_once(ATTRIBUTES)
        .unwrap_or_else(|| panic!("{line}"));
    assert!(pair.starts_with("__Host-fncy_"), "{line}");
    assert!(max_age.parse::<u64>().is_ok(), "{line}");
}

pub(crate) fn set_cookies(reply: &Reply) -> Vec<&str> {
    values(reply, "set-cookie")
}

/// All values of a header.
pub(crate) fn values<'a>(reply: &'a Reply, name: &str) -> Vec<&'a str> {
    let found = reply.headers.iter().filter(|(found, _)| found == name);
    found.map(|(_, value)| &**value).collect()
}

/// The names of the cookies that these lines remove, sorted. None of them sets one.
pub(crate) fn removed<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let names = lines.iter().map(|line| {
        let (name, rest) = line.split_once('=').unwrap();
        assert_eq!(rest, format!("{ATTRIBUTES}0"), "{line}");
        name
    });
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}
