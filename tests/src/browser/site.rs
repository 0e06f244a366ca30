//! Relations of URLs: origins (RFC 6454), schemeful sites (HTML, "same site") and potentially trustworthy URLs (W3C
//! Secure Contexts, section 3.1).
//!
//! There is no public suffix list here. A registrable domain is a host's last two labels, which is right for all hosts
//! under `.example` and `.test`.

use url::{Host, Url};

pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin()
}

/// The scheme and the registrable domain, without the port.
pub(crate) fn same_site(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && registrable_domain(a) == registrable_domain(b)
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

pub(crate) fn is_potentially_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

fn registrable_domain(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    if !matches!(url.host(), Some(Host::Domain(_))) {
        return host;
    }
    let labels_before = |at: usize| host[..at].rfind('.');
    let start = labels_before(host.len())
        .and_then(labels_before)
        .map_or(0, |dot| dot + 1);
    &host[start..]
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{is_potentially_trustworthy, same_site};

    fn url(url: &str) -> Url {
        Url::parse(url).unwrap()
    }

    #[test]
    fn a_site_is_a_scheme_and_two_labels() {
        let app = url("https://app.example/");
        assert!(same_site(&app, &url("https://a.b.app.example:8443/x")));
        assert!(!same_site(&app, &url("https://provider.example/")));
        assert!(!same_site(&app, &url("http://app.example/")));
    }

    #[test]
    fn an_address_is_its_own_site() {
        assert!(same_site(
            &url("http://127.0.0.1:1/"),
            &url("http://127.0.0.1:2/")
        ));
        assert!(!same_site(
            &url("http://127.0.0.1/"),
            &url("http://1.0.0.1/")
        ));
    }

    #[test]
    fn https_and_loopback_are_trustworthy() {
        for trusted in [
            "https://a.example/",
            "http://127.0.0.1:1/",
            "http://[::1]/",
            "http://localhost/",
        ] {
            assert!(is_potentially_trustworthy(&url(trusted)), "{trusted}");
        }
        assert!(!is_potentially_trustworthy(&url("http://app.example/")));
    }
}
