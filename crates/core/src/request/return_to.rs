//! The return address: the page that a person gets after signing in.
//!
//! Rules:
//! - An address is of the same origin by construction: a strict grammar **and** the URL standard's parser must both
//!   accept it.
//! - The parser's spelling is kept. Other scripts and spaces become escapes, and the query keeps its meaning.
//! - An address that is too long loses its query. If the path alone is too long, the front page takes its place.
//! - An endpoint of the login is no return address, so that no sign-in ends in a sign-out. The page on which a sign-in
//!   in another tab ends is the exception.

use std::borrow::Cow;

use url::Position;

use crate::request::canonical_path::is_canonical;
use crate::request::endpoint::Endpoint;
use crate::request::site::Site;

/// A path of the application with its query, which is safe in a `Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo {
    address: String,
    /// Whether the address lost a part, since it was too long.
    pub(crate) is_cut: bool,
}

impl ReturnTo {
    /// The longest address, in bytes with all escapes. With a longer one, a transaction's cookie would leave no room in
    /// a request's head for a second one.
    pub const MAX_LEN: usize = 1024;

    /// The application's front page.
    pub(crate) fn root(site: &Site) -> Self {
        Self {
            address: site.home().to_owned(),
            is_cut: false,
        }
    }

    /// Parses an address from an untrusted source. An address that leaves our origin becomes the front page.
    ///
    /// The result is spelled as browsers spell it (URL standard, percent-encode sets).
    ///
    /// ```
    /// use fncy_login_core::{ReturnTo, Site};
    ///
    /// let site = Site::new("https://app.example/auth/callback", "/auth", false).unwrap();
    /// assert_eq!(ReturnTo::parse("/page?a=1&b=2", &site).as_str(), "/page?a=1&b=2");
    /// assert_eq!(ReturnTo::parse("/한글?q=a b", &site).as_str(), "/%ED%95%9C%EA%B8%80?q=a%20b");
    /// assert_eq!(ReturnTo::parse("//evil.example", &site).as_str(), "/");
    /// assert_eq!(ReturnTo::parse("/auth/logout", &site).as_str(), "/");
    /// ```
    #[must_use]
    pub fn parse(address: &str, site: &Site) -> Self {
        Self::within(address, Self::MAX_LEN, site)
    }

    /// This address within a limit of bytes. A longer one loses its query. If the path is too long, the front page
    /// takes its place.
    pub(crate) fn at_most(&self, length: usize, site: &Site) -> Self {
        let kept = Self::within(&self.address, length, site);
        let is_cut = self.is_cut || kept.is_cut;
        Self { is_cut, ..kept }
    }

    fn within(address: &str, length: usize, site: &Site) -> Self {
        let (path, _) = split(address);
        Self::whole(address, length, site).unwrap_or_else(|| Self {
            is_cut: true,
            ..Self::whole(path, length, site).unwrap_or_else(|| Self::root(site))
        })
    }

    /// The address, or `None` if it is too long.
    fn whole(address: &str, length: usize, site: &Site) -> Option<Self> {
        if address.len() > length {
            return None;
        }
        let kept = local(address, site).map_or_else(
            || Self::root(site),
            |address| Self {
                address,
                is_cut: false,
            },
        );
        (kept.address.len() <= length).then_some(kept)
    }

    /// The address in a query's `return_to`: a path, or a URL of our own origin. `None` if the parameter is missing or
    /// repeated.
    pub(crate) fn asked_for(query: &str, site: &Site) -> Option<Self> {
        let mut values = query.split('&').filter_map(|pair| {
            let pair = with_plain_pluses(pair);
            let (name, value) = form_urlencoded::parse(pair.as_bytes()).next()?;
            (name == "return_to").then(|| value.into_owned())
        });
        match (values.next(), values.next()) {
            (Some(address), None) => {
                Some(Self::parse_url(&address, site).unwrap_or_else(|| Self::parse(&address, site)))
            }
            _ => None,
        }
    }

    /// The address of an absolute URL, such as a `Referer`, if it is of our origin.
    pub(crate) fn parse_url(url: &str, site: &Site) -> Option<Self> {
        let rest = url.strip_prefix(site.origin())?;
        rest.starts_with('/').then(|| Self::parse(rest, site))
    }

    /// The address as text. It begins with a slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }
}

/// An address in the URL parser's spelling, if it stays on our origin and is no endpoint of the login.
fn local(address: &str, site: &Site) -> Option<String> {
    let (path, rest) = split(address);
    // The parser keeps such an address as it is.
    if is_canonical(path) && is_plain_query(rest) {
        let is_ours = !site.is_endpoint(path) || site.endpoint(path) == Some(Endpoint::SignedIn);
        return is_ours.then(|| address.to_owned());
    }
    let is_path = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if !is_path || address.contains(is_no_text) {
        return None;
    }
    // The parser drops spaces at the end, so they are escaped first.
    let joined = site.url().join(&address.replace(' ', "%20")).ok()?;
    let is_ours = joined.origin() == site.url().origin()
        && joined.username().is_empty()
        && joined.password().is_none()
        && !joined.path().starts_with("//")
        && !site.is_endpoint(joined.path());
    is_ours.then(|| joined[Position::BeforePath..].to_owned())
}

/// The path, and the rest after it.
fn split(address: &str) -> (&str, &str) {
    address.split_at(address.find(['?', '#']).unwrap_or(address.len()))
}

/// Whether the part after a path is empty, or is a query that needs no escapes (URL standard, special-query
/// percent-encode set).
fn is_plain_query(rest: &str) -> bool {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'<' | b'>' | b'\'');
    rest.bytes().all(is_plain)
}

/// Whether a character ends a line, moves a cursor, or replaces bytes that were no text. No page has it in its address.
fn is_no_text(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | char::REPLACEMENT_CHARACTER)
}

/// Escapes the plus signs of an address that has a plain slash. A form or a library that writes a blank as a plus sign
/// also escapes slashes. With a plain slash, a person or a template wrote the address, and a plus sign is meant as one.
fn with_plain_pluses(pair: &str) -> Cow<'_, str> {
    if pair.contains('/') {
        pair.replace('+', "%2B").into()
    } else {
        pair.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::{Position, ReturnTo};
    use crate::request::site::Site;

    fn site() -> Site {
        Site::new("https://app.example/sub/auth/callback", "/auth", false).unwrap()
    }

    fn parse(address: &str) -> String {
        parse_to(address).address
    }

    fn parse_to(address: &str) -> ReturnTo {
        ReturnTo::parse(address, &site())
    }

    #[test]
    fn harmless_addresses_are_kept_exactly() {
        for address in [
            "/",
            "/page",
            "/a%2Fb?x=%2F&y=1+2&y=3&z",
            "/app?redirect=//evil.example#/inbox",
            "/%ED%95%9C%EA%B8%80?q={a|b}^`\\",
            "/sub/auth/profile",
        ] {
            assert_eq!(parse(address), address);
        }
    }

    #[test]
    fn r10_an_address_that_leaves_the_origin_becomes_the_front_page() {
        for address in [
            "",
            "page",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "\\\\evil",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x",
            "/a\0",
            "/\u{2028}",
            "/\u{85}",
            "/\u{fffd}",
            "/한\\글",
            "/..//evil.example",
            "/.//evil.example",
            " /x",
            "?x",
            "#x",
        ] {
            assert_eq!(parse(address), "/sub/", "{address:?}");
        }
    }

    #[test]
    fn r22_an_address_is_kept_in_the_spelling_of_the_url_standard() {
        for (address, kept) in [
            ("/한글", "/%ED%95%9C%EA%B8%80"),
            ("/a b ", "/a%20b%20"),
            ("/a?b c #d e ", "/a?b%20c%20#d%20e%20"),
            (
                "/\"<>`{}^[]|'?\"<>`{}^[]|'#\"<>`{}^[]|'",
                concat!(
                    "/%22%3C%3E%60%7B%7D^[]|'?%22%3C%3E`{}^[]|%27",
                    "#%22%3C%3E%60{}^[]|'"
                ),
            ),
            ("/x/../page/./y", "/page/y"),
            ("/\u{ff0f}evil.example", "/%EF%BC%8Fevil.example"),
            ("/100%", "/100%"),
        ] {
            assert_eq!(parse(address), kept, "{address}");
            assert_eq!(parse(kept), kept);
        }
    }

    #[test]
    fn r22_a_plus_sign_with_a_plain_slash_is_kept() {
        let asked = |query| ReturnTo::asked_for(query, &site()).map(|address| address.address);
        for (query, address) in [
            ("return_to=/c%2B%2B+/a?q=a+b", Some("/c+++/a?q=a+b")),
            ("return_to=%2Fa+b", Some("/a%20b")),
            ("a=/+&return_to=%2Fa+b&&", Some("/a%20b")),
            ("return%5Fto=/a", Some("/a")),
            ("return_to=/a&return_to=/a", None),
            ("", None),
        ] {
            assert_eq!(asked(query).as_deref(), address, "{query}");
        }
    }

    #[test]
    fn r12_our_own_endpoints_become_the_front_page() {
        for address in [
            "/sub/auth/logout",
            "/sub/auth/logout/",
            "/sub/auth/login?return_to=/x",
            "/sub/auth/callback?code=x",
            "/sub/auth/session",
            "/sub/x/../auth/logout",
            "/sub/auth/%6cogout",
            "/sub/auth//logout",
            "/sub/auth/logout;x",
            "/sub/%2e%2e/sub/auth/logout",
        ] {
            assert_eq!(parse(address), "/sub/", "{address}");
        }
    }

    #[test]
    fn r12_endpoints_below_a_path_with_escapes_become_the_front_page() {
        let site = Site::new("https://app.example/a%20b/%40me/callback", "/%40me", false).unwrap();
        for address in ["/a%20b/%40me/logout", "/a%20b/@me/logout/"] {
            assert_eq!(
                ReturnTo::parse(address, &site).as_str(),
                "/a%20b/",
                "{address}"
            );
        }
        assert_eq!(ReturnTo::parse("/a%20b/x", &site).as_str(), "/a%20b/x");
    }

    #[test]
    fn an_address_that_is_too_long_loses_its_query_then_its_path() {
        let query = format!("/page?{}", "x".repeat(ReturnTo::MAX_LEN));
        assert_eq!(parse(&query), "/page");
        assert_eq!(
            parse(&format!("/{}", "x".repeat(ReturnTo::MAX_LEN))),
            "/sub/"
        );
        let longest = format!("/{}", "x".repeat(ReturnTo::MAX_LEN - 1));
        assert_eq!(parse(&longest), longest);
        // Each letter takes nine bytes in a `Location`.
        let korean = format!("/글?{}", "글".repeat(200));
        assert_eq!(parse(&korean), "/%EA%B8%80");
        assert!(ReturnTo::parse(&korean, &site()).is_cut);
        assert!(!ReturnTo::parse(&longest, &site()).is_cut);
    }

    #[test]
    fn r24_a_shorter_limit_cuts_no_path_or_escape_in_two() {
        let limited = |address, length| parse_to(address).at_most(length, &site()).address;
        assert_eq!(limited("/a%20b?x=%2F", 12), "/a%20b?x=%2F");
        for length in 6..12 {
            assert_eq!(limited("/a%20b?x=%2F", length), "/a%20b");
        }
        for length in 0..6 {
            assert_eq!(limited("/a%20b?x=%2F", length), "/sub/");
        }
    }

    #[test]
    fn a_referer_counts_if_it_is_ours() {
        let url = |url| ReturnTo::parse_url(url, &site()).map(|address| address.address);
        assert_eq!(
            url("https://app.example/form?x=1"),
            Some("/form?x=1".to_owned())
        );
        assert_eq!(url("https://app.example.evil/form"), None);
        assert_eq!(url("https://evil.example/form"), None);
    }

    /// The parts of addresses that attackers try.
    const PARTS: &[&str] = &[
        "/",
        "//",
        "\\",
        ".",
        "..",
        "%2e",
        "%2f",
        "%5c",
        "%00",
        "@",
        ":",
        ";",
        "?",
        "#",
        "\t",
        "\r\n",
        " ",
        "\u{2028}",
        "\u{ff0f}",
        "한",
        "%",
        "{",
        "https:",
        "javascript:",
        "evil.example",
        "sub",
        "auth",
        "logout",
        "app.example",
        "x",
    ];

    proptest! {
        #[test]
        fn no_address_leaves_the_origin(parts in vec(select(PARTS), 0..12), any in "\\PC{0,4}") {
            let address = format!("{}{any}", parts.concat());
            let kept = ReturnTo::parse(&address, &site());
            let there = site().url().join(kept.as_str()).unwrap();
            prop_assert_eq!(&there[Position::BeforePath..], kept.as_str());
            prop_assert_eq!(there.origin(), site().url().origin());
            prop_assert!(there.username().is_empty() && there.password().is_none());
            prop_assert!(!there.path().starts_with("//"), "{}", there);
            prop_assert!(!site().is_endpoint(there.path()), "{}", there);
            prop_assert_eq!(ReturnTo::parse(kept.as_str(), &site()), kept);
        }

        #[test]
        fn plain_addresses_are_kept(
            address in "(/[A-Za-z0-9_~-]{1,12}){1,5}/?(\\?[A-Za-z0-9=&_./:@+%-]{0,40})?(#[a-z/]{0,9})?",
        ) {
            prop_assert_eq!(parse(&address), address);
        }
    }
}
