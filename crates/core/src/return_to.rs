//! The return address: where a person lands after signing in.
//!
//! Rules: same origin by construction. A strict grammar **and** the URL standard's own parser must
//! agree; the query is kept byte by byte; what is too long loses its query, then everything; one
//! of our own endpoints is never a return address, so that no sign-in ends in a sign-out.

use crate::site::Site;

/// A path of the application with its query, safe in a `Location`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// A login with a longer address leaves no room in a request's head for a second one.
    pub const MAX_LEN: usize = 1024;

    /// The application's front page, where nothing better is known.
    pub(crate) fn root(site: &Site) -> Self {
        Self(site.home().to_owned())
    }

    /// An address that somebody else wrote: kept if it stays on our origin, else the front page.
    ///
    /// ```
    /// use fncy_login_core::{ReturnTo, Site};
    ///
    /// let site = Site::new("https://app.example/auth/callback", "/auth", false).unwrap();
    /// assert_eq!(ReturnTo::parse("/page?a=1&b=2", &site).as_str(), "/page?a=1&b=2");
    /// assert_eq!(ReturnTo::parse("//evil.example", &site).as_str(), "/");
    /// assert_eq!(ReturnTo::parse("/auth/logout", &site).as_str(), "/");
    /// ```
    #[must_use]
    pub fn parse(address: &str, site: &Site) -> Self {
        fitting(address, Self::MAX_LEN)
            .filter(|candidate| is_local(candidate, site))
            .map_or_else(|| Self::root(site), |kept| Self(kept.to_owned()))
    }

    /// This address, or what of it has no more than so many bytes: it loses its query, then everything.
    pub(crate) fn at_most(&self, length: usize, site: &Site) -> Self {
        fitting(&self.0, length).map_or_else(|| Self::root(site), |kept| Self(kept.to_owned()))
    }

    /// The path of an absolute URL, such as a `Referer`, if it is of our origin.
    pub(crate) fn parse_url(url: &str, site: &Site) -> Option<Self> {
        let rest = url.strip_prefix(site.origin())?;
        rest.starts_with('/').then(|| Self::parse(rest, site))
    }

    /// The address: it begins with a slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The whole of an address, else its path, if that is no longer.
fn fitting(address: &str, length: usize) -> Option<&str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let mut candidates = [address, path].into_iter();
    candidates.find(|candidate| candidate.len() <= length)
}

fn is_local(address: &str, site: &Site) -> bool {
    let tail = address.find(['?', '#']).unwrap_or(address.len());
    let (path, tail) = address.split_at(tail);
    let mut segments = path.bytes();
    let grammar = segments.next() == Some(b'/')
        && segments.next() != Some(b'/')
        && path.bytes().all(|byte| is_harmless(byte) && byte != b'\\')
        && tail.bytes().all(is_harmless);
    grammar
        && site.url().join(address).is_ok_and(|joined| {
            joined.origin() == site.url().origin()
                && joined.username().is_empty()
                && joined.password().is_none()
                && !joined.path().starts_with("//")
                && !site.is_endpoint(&joined)
        })
}

/// Visible ASCII but for what ends an attribute or a tag somewhere: browsers send everything else
/// as it stands.
fn is_harmless(byte: u8) -> bool {
    (b'!'..=b'~').contains(&byte) && !matches!(byte, b'"' | b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use proptest::sample::select;

    use super::ReturnTo;
    use crate::site::Site;

    fn site() -> Site {
        Site::new("https://app.example/sub/auth/callback", "/auth", false).unwrap()
    }

    fn parse(address: &str) -> String {
        parse_to(address).0
    }

    fn parse_to(address: &str) -> ReturnTo {
        ReturnTo::parse(address, &site())
    }

    #[test]
    fn what_is_harmless_is_kept_exactly() {
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
    fn what_leaves_the_origin_is_the_front_page() {
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
            "/..//evil.example",
            "/.//evil.example",
            "/ x",
            "?x",
            "#x",
        ] {
            assert_eq!(parse(address), "/sub/", "{address:?}");
        }
    }

    #[test]
    fn r12_our_own_endpoints_are_the_front_page() {
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
    fn r12_endpoints_below_a_path_with_escapes_are_the_front_page() {
        let site = Site::new("https://app.example/a%20b/%40me/callback", "/%40me", false).unwrap();
        for address in ["/a%20b/%40me/logout", "/a%20b/@me/logout/"] {
            assert_eq!(ReturnTo::parse(address, &site).0, "/a%20b/", "{address}");
        }
        assert_eq!(ReturnTo::parse("/a%20b/x", &site).0, "/a%20b/x");
    }

    #[test]
    fn too_long_an_address_loses_its_query_then_everything() {
        let query = format!("/page?{}", "x".repeat(ReturnTo::MAX_LEN));
        assert_eq!(parse(&query), "/page");
        assert_eq!(
            parse(&format!("/{}", "x".repeat(ReturnTo::MAX_LEN))),
            "/sub/"
        );
        let longest = format!("/{}", "x".repeat(ReturnTo::MAX_LEN - 1));
        assert_eq!(parse(&longest), longest);
    }

    #[test]
    fn r24_a_shorter_limit_cuts_nothing_in_two() {
        let limited = |address, length| parse_to(address).at_most(length, &site()).0;
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
        let url = |url| ReturnTo::parse_url(url, &site()).map(|address| address.0);
        assert_eq!(
            url("https://app.example/form?x=1"),
            Some("/form?x=1".to_owned())
        );
        assert_eq!(url("https://app.example.evil/form"), None);
        assert_eq!(url("https://evil.example/form"), None);
    }

    /// What addresses are put together of by those who want out.
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
            prop_assert_eq!(there.origin(), site().url().origin());
            prop_assert!(there.username().is_empty() && there.password().is_none());
            prop_assert!(!there.path().starts_with("//"), "{}", there);
            prop_assert!(!site().is_endpoint(&there), "{}", there);
            prop_assert_eq!(ReturnTo::parse(kept.as_str(), &site()), kept);
        }

        #[test]
        fn what_is_plain_is_kept(
            address in "(/[A-Za-z0-9_~-]{1,12}){1,5}/?(\\?[A-Za-z0-9=&_./:@+%-]{0,40})?(#[a-z/]{0,9})?",
        ) {
            prop_assert_eq!(parse(&address), address);
        }
    }
}
