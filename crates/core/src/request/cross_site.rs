//! The origin of unsafe requests (CSRF).
//!
//! Rules:
//! - `Sec-Fetch-Site` decides if the browser sends it. No page can forge it.
//! - Otherwise `Origin` decides. A request with neither header is not taken for ours, and neither is one with a
//!   repeated header.
//! - A browser without Fetch Metadata doesn't name the cause of a safe request. Such a request is taken for ours.
//! - More scopes for a signed-in user need a page of our own: `Sec-Fetch-Site: same-origin`, or without that header
//!   `Origin` or `Referer`.
//! - `SameSite=Lax` alone is no defence: a sibling domain is the same site, and its forms would carry the session.

use url::Host;

use crate::request::classify::is_upgrade;
use crate::request::head::{Head, has, sole};
use crate::request::site::Site;
use crate::values::secure_url::SecureUrl;

/// The origins whose requests are trusted like our own.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    own: String,
    trusted: Vec<String>,
}

impl Sources {
    pub(crate) fn new(own: &str, trusted: Vec<String>) -> Self {
        Self {
            own: own.to_owned(),
            trusted,
        }
    }

    /// Whether a page of our own or a trusted origin caused the request, or the person did so in the address bar.
    pub(crate) fn vouch_for<H: Head>(&self, head: &H) -> bool {
        let origin = sole(head, "origin");
        if origin.is_some_and(|origin| self.trusted.iter().any(|trusted| trusted == origin)) {
            return true;
        }
        if has(head, "sec-fetch-site") {
            matches!(sole(head, "sec-fetch-site"), Some("same-origin" | "none"))
        } else {
            origin == Some(&self.own)
        }
    }

    /// Whether the browser says that another origin's page caused the request.
    pub(crate) fn is_foreign<H: Head>(&self, head: &H) -> bool {
        has(head, "sec-fetch-site") && !self.vouch_for(head)
    }

    /// Whether a page of our own origin certainly caused the request. An address bar, a mail program and a browser that
    /// names no cause don't count.
    pub(crate) fn is_own<H: Head>(&self, head: &H) -> bool {
        if has(head, "sec-fetch-site") {
            return sole(head, "sec-fetch-site") == Some("same-origin");
        }
        let page = sole(head, "referer").and_then(|page| page.strip_prefix(&self.own));
        sole(head, "origin") == Some(&self.own) || page.is_some_and(|path| path.starts_with('/'))
    }
}

impl Site {
    /// Whether another origin is certainly of another *site*, whose requests carry no `SameSite=Lax` cookie.
    ///
    /// Two host names are of different sites if they share at most their last label. A site is a public suffix and one
    /// more label, and a suffix has at least one label. Only the Public Suffix List, which changes every week, says
    /// more than that. So `a.co.uk` and `b.co.uk` count as one site here.
    #[must_use]
    pub fn is_another_site(&self, origin: &SecureUrl) -> bool {
        match (self.url().host(), origin.url().host()) {
            (Some(Host::Domain(own)), Some(Host::Domain(other))) => {
                let labels = own.rsplit('.').zip(other.rsplit('.'));
                own != other && labels.take_while(|(own, other)| own == other).count() < 2
            }
            (own, other) => own != other,
        }
    }
}

/// Whether a request may change something (RFC 9110, section 9.2.1), or opens a connection on which requests are no
/// longer checked.
pub(crate) fn is_unsafe<H: Head>(head: &H) -> bool {
    !matches!(head.method(), "GET" | "HEAD" | "OPTIONS" | "TRACE") || is_upgrade(head)
}

#[cfg(test)]
mod tests {
    use super::{Sources, is_unsafe};
    use crate::request::site::Site;
    use crate::tests::request::Request;
    use crate::values::secure_url::SecureUrl;

    const OWN: &str = "https://app.example";

    fn sources() -> Sources {
        Sources::new(OWN, vec!["https://admin.example".to_owned()])
    }

    #[test]
    fn l08_fetch_metadata_beats_origin() {
        let post = || Request::new("POST", "/").header("origin", OWN);
        assert!(sources().vouch_for(&post()));
        for (site, is_ours) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
        ] {
            let request = post().header("sec-fetch-site", site);
            assert_eq!(sources().vouch_for(&request), is_ours, "{site}");
        }
    }

    #[test]
    fn l08_without_metadata_only_our_origin_passes() {
        for origin in [
            "null",
            "https://app.example.evil",
            "http://app.example",
            "https://APP.example",
        ] {
            let request = Request::new("POST", "/").header("origin", origin);
            assert!(!sources().vouch_for(&request), "{origin}");
        }
        assert!(!sources().vouch_for(&Request::new("POST", "/")));
    }

    #[test]
    fn s02_only_a_page_of_ours_asks_for_more_scopes() {
        for (name, value, is_own) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", false),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("origin", OWN, true),
            ("origin", "null", false),
            ("origin", "https://admin.example", false),
            ("referer", "https://app.example/calendar?x=1", true),
            ("referer", "https://app.example", false),
            ("referer", "https://app.example.evil/", false),
            (
                "referer",
                "https://evil.example/https://app.example/",
                false,
            ),
            ("x-nothing", "", false),
        ] {
            let request = Request::get("/").header(name, value);
            assert_eq!(sources().is_own(&request), is_own, "{name}: {value}");
        }
        let foreign = Request::get("/").header("sec-fetch-site", "cross-site");
        assert!(!sources().is_own(&foreign.header("referer", "https://app.example/")));
    }

    #[test]
    fn l08_a_repeated_header_is_not_believed() {
        for (name, ours, other) in [
            ("sec-fetch-site", "same-origin", "cross-site"),
            ("origin", OWN, "https://evil.example"),
        ] {
            let once = Request::new("POST", "/").header(name, ours);
            assert!(sources().vouch_for(&once), "{name}");
            assert!(!sources().vouch_for(&once.header(name, other)), "{name}");
        }
    }

    #[test]
    fn a_trusted_origin_passes_as_another_site() {
        let request = Request::new("POST", "/")
            .header("origin", "https://admin.example")
            .header("sec-fetch-site", "cross-site");
        assert!(sources().vouch_for(&request));
    }

    #[test]
    fn another_site_is_named_only_if_it_is_certain() {
        for (own, other, is_another) in [
            ("https://app.example.com", "https://api.example.com", false),
            ("https://app.example.com", "https://example.com", false),
            ("https://example.com", "https://a.b.example.com:8443", false),
            ("https://app.example.com", "https://app.example.org", true),
            ("https://example.com", "https://other.com", true),
            ("https://app.localhost", "https://api.localhost", true),
            ("https://app.example.com", "https://127.0.0.1", true),
            ("https://127.0.0.1", "https://127.0.0.1:8443", false),
            ("https://127.0.0.1", "https://127.0.0.2", true),
            ("https://[::1]", "https://[::1]:8443", false),
            // These are two sites, but only the Public Suffix List says so.
            ("https://a.co.uk", "https://b.co.uk", false),
        ] {
            let site = Site::new(&format!("{own}/auth/callback"), "/auth", false).unwrap();
            let other = SecureUrl::parse(other).unwrap();
            assert_eq!(site.is_another_site(&other), is_another, "{own} {other:?}");
        }
    }

    #[test]
    fn reading_is_safe_and_an_upgrade_is_not() {
        assert!(!is_unsafe(&Request::get("/")));
        assert!(is_unsafe(&Request::new("POST", "/")));
        assert!(is_unsafe(&Request::new("BREW", "/")));
        let socket = Request::get("/")
            .header("upgrade", "websocket")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert!(is_unsafe(&socket));
    }
}
