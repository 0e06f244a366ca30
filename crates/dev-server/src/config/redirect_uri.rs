//! Redirect URIs: their syntax and their registration.
//!
//! * A redirect URI is absolute, http or https, and has no fragment (RFC 6749 section 3.1.2).
//! * If redirect URIs are registered, a request must have one of them, character by character
//!   (RFC 9700 section 2.1).
//! * If no redirect URI is registered, the host must be loopback. RFC 8252 section 8.3 names the
//!   literal addresses; `localhost` is allowed because applications use it.

use url::{Host, Url};

use crate::config::settings::Settings;

/// Parses a redirect URI. Returns `None` if a browser would read it differently or could not open it.
pub(crate) fn parse(uri: &str) -> Option<Url> {
    // The parser would drop tabs and line breaks without an error.
    if !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let url = Url::parse(uri).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.fragment().is_none() && url.username().is_empty()).then_some(url)
}

pub(crate) fn is_registered(uri: &str, settings: &Settings) -> bool {
    if settings.redirect_uris.is_empty() {
        is_loopback_url(uri)
    } else {
        let mut registered = settings.redirect_uris.iter();
        registered.any(|registered| registered == uri)
    }
}

pub(crate) fn is_loopback_url(uri: &str) -> bool {
    parse(uri).is_some_and(|url| match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::{is_loopback_url, parse};

    #[test]
    fn loopback_hosts_are_told_from_lookalikes() {
        for good in [
            "http://127.0.0.1:3000/cb",
            "http://localhost/",
            "https://[::1]:8443/cb?a=b",
        ] {
            assert!(is_loopback_url(good), "{good}");
        }
        for bad in [
            "http://localhost.evil.test/",
            "http://127.0.0.1.evil.test/",
            "http://127.0.0.1@evil.test/",
            "javascript:alert(1)",
            "//localhost/",
            "http://localhost/#f",
            "http://local\thost/",
            "",
        ] {
            assert!(!is_loopback_url(bad), "{bad}");
        }
        assert!(parse("https://app.test/cb").is_some());
    }
}
