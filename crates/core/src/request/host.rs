//! Which of several sites a request is for.
//!
//! Rules: where there is one site, no host is looked at; a request's host only chooses, and no address is made of it;
//! a host that is unknown, missing or named in two ways chooses the first site. A port doesn't count: cookies don't
//! know ports, and proxies may leave it out.

use crate::core::Core;
use crate::request::head::Head;
use crate::request::head::{has, sole};
use crate::request::site::Site;

impl Core {
    /// The machine of the site that a request is for.
    pub(crate) fn at_host_of<H: Head>(&self, head: &H) -> &Self {
        if self.0.others.is_empty() {
            return self;
        }
        self.other_at_host_of(head).unwrap_or(self)
    }

    fn other_at_host_of<H: Head>(&self, head: &H) -> Option<&Self> {
        let line = if has(head, "host") {
            Some(sole(head, "host")?)
        } else {
            None
        };
        let mut named = [head.authority(), line].into_iter().flatten();
        let first = named.next()?;
        let mut others = self.0.others.iter();
        let other = others.find(|core| core.0.site.is_at(first))?;
        named.all(|host| other.0.site.is_at(host)).then_some(other)
    }
}

impl Site {
    /// Whether this is the site's host (RFC 9110, section 7.2), with any port or none.
    fn is_at(&self, host: &str) -> bool {
        let own = self.host();
        let (Some(name), Some(port)) = (host.get(..own.len()), host.get(own.len()..)) else {
            return false;
        };
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        name.eq_ignore_ascii_case(own)
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    }
}

#[cfg(test)]
mod tests {
    use super::Site;

    #[test]
    fn r16_a_host_is_a_name_with_any_port() {
        let site = |uri| Site::new(uri, "/auth", false).unwrap();
        let named = site("https://b.example:8443/auth/callback");
        for host in ["b.example", "B.Example", "b.example:8443", "b.example:1"] {
            assert!(named.is_at(host), "{host}");
        }
        for host in [
            "",
            "b.example.",
            "b.example.evil.example",
            "b.example:80:80",
            "b.example:x",
            "b.example@evil.example",
            "user@b.example",
            "evil.example",
            "b.exampl\u{e9}",
            "a.b.example",
        ] {
            assert!(!named.is_at(host), "{host}");
        }
        let literal = site("http://[::1]:3000/auth/callback");
        assert!(literal.is_at("[::1]:3000") && literal.is_at("[::1]"));
        assert!(!literal.is_at("[::1]1") && !literal.is_at("::1"));
    }
}
