//! The callback: its address, its parameters and its error page.

use url::Url;

use crate::browser::{Page, Tab};
use crate::harness::Harness;
use crate::world::APP;

/// Asserts that an answer is an error page: its status, its code, and headers against caches.
pub(crate) fn assert_failure(page: &Page, status: u16, code: &str) {
    assert_eq!(page.status, status, "{}", page.text());
    assert!(
        page.text().contains(&format!("<code>{code}</code>")),
        "{}",
        page.text()
    );
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    assert_eq!(page.header("location"), None);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

/// The value of a parameter that an address has once.
pub(crate) fn query(location: &str, name: &str) -> String {
    let url = Url::parse(location).unwrap();
    let mut values = url.query_pairs().filter(|(found, _)| found == name);
    let value = values.next().unwrap().1.into_owned();
    assert_eq!(values.next(), None, "{name} is sent twice");
    value
}

pub(crate) fn state_of(location: &str) -> String {
    query(location, "state")
}

pub(crate) async fn callback(tab: &mut Tab, query: &str) -> Page {
    tab.get(&format!("{APP}/auth/callback?{query}")).await
}

/// The name of a transaction's cookie, computed without the code under test.
pub(crate) fn login_cookie_name(state: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, state.as_bytes());
    let hex = hash.as_ref()[..8].iter().map(|byte| format!("{byte:02x}"));
    std::iter::once("__Host-fncy_login_".to_owned())
        .chain(hex)
        .collect()
}

/// The longest target that the servers accept.
pub(crate) fn longest(harness: Harness) -> usize {
    match harness {
        Harness::Bare => 100 * 1024,
        Harness::Tower | Harness::Actix | Harness::Poem => 20_000,
    }
}
