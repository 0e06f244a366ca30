//! A browser's cookie jar: it stores and sends cookies by RFC 6265bis, sections 5.7 and 5.8.
//!
//! If browsers differ, the jar is as strict as the strictest browser:
//!
//! - `Secure` cookies are set and sent over https only, so not from `http://localhost` (Safari).
//! - `__Secure-` and `__Host-` are enforced in upper and lower case. A cookie without a name may not have a value with
//!   such a prefix (5.4).
//! - A cookie set over http never shadows a `Secure` cookie (5.7).
//! - `SameSite=None` needs `Secure`. A cross-site subrequest can set such cookies only (5.7).
//!
//! The clock is [`CookieJar::now`], which the test sets.

use std::borrow::Cow;
use std::cmp::Reverse;

use url::Url;

use super::host::{is_ip_address, is_public_suffix};
use super::set_cookie::{SameSite, SetCookie};

/// The relation of a request to the site of its target (RFC 6265bis section 5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// A request from the same site, or from the address bar.
    SameSite,
    /// A top-level navigation from another site by a safe method: a link, a redirect.
    CrossSiteNavigation,
    /// A top-level navigation from another site by an unsafe method: a form's `POST`.
    CrossSitePost,
    /// A request from another site below the top level: `fetch`, an image, a frame.
    CrossSiteSubrequest,
}

/// A cookie in a jar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    name: Vec<u8>,
    value: Vec<u8>,
    /// The host, or the domain above it that the cookie's `Domain` named.
    pub domain: String,
    /// Whether it is sent to that host only.
    pub host_only: bool,
    /// The path at and below which it is sent.
    pub path: String,
    /// Whether it is sent over https only.
    pub secure: bool,
    /// Whether scripts can't read it.
    pub http_only: bool,
    /// When requests from other sites send it.
    pub same_site: SameSite,
    /// When it expires, in Unix seconds. `None` if it lasts until the browser is closed.
    pub expires: Option<u64>,
    created: u64,
}

impl Cookie {
    /// Its name.
    pub fn name(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.name)
    }

    /// Its value.
    pub fn value(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.value)
    }

    fn is_same_slot(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
    }

    fn matches_host(&self, host: &str) -> bool {
        if self.host_only {
            host == self.domain
        } else {
            domain_matches(host, &self.domain)
        }
    }

    fn goes_in(&self, context: Context) -> bool {
        match context {
            Context::SameSite => true,
            Context::CrossSiteNavigation => self.same_site != SameSite::Strict,
            Context::CrossSitePost | Context::CrossSiteSubrequest => {
                self.same_site == SameSite::None
            }
        }
    }

    /// Section 5.4, "Cookie name prefixes".
    fn keeps_prefix(&self) -> bool {
        let prefixed = if self.name.is_empty() {
            &self.value
        } else {
            &self.name
        };
        let has = |prefix: &str| {
            prefixed
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
        };
        match (has("__Secure-"), has("__Host-")) {
            (false, false) => true,
            _ if self.name.is_empty() => false,
            (true, _) => self.secure,
            (_, true) => self.secure && self.host_only && self.path == "/",
        }
    }
}

/// The cookies of one browser profile.
#[derive(Debug, Default)]
pub struct CookieJar {
    /// The jar's time in Unix seconds, which the test sets.
    pub now: u64,
    cookies: Vec<Cookie>,
    stored: u64,
}

impl CookieJar {
    /// An empty jar at this time, in Unix seconds.
    pub fn new(now: u64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// Stores the cookies of a response's `Set-Cookie` lines.
    pub fn apply<L: AsRef<[u8]>>(
        &mut self,
        url: &Url,
        context: Context,
        lines: impl IntoIterator<Item = L>,
    ) {
        for line in lines {
            if let Some(set) = SetCookie::parse(line.as_ref(), self.now) {
                self.take(url, context, set);
            }
        }
    }

    /// The `Cookie` header of a request, if it has cookies: longest paths first, then oldest first.
    pub fn header(&self, url: &Url, context: Context) -> Option<Vec<u8>> {
        let host = url.host_str()?;
        let mut sent: Vec<_> = self
            .cookies()
            .filter(|cookie| {
                cookie.matches_host(host)
                    && path_matches(url.path(), &cookie.path)
                    && (!cookie.secure || url.scheme() == "https")
                    && cookie.goes_in(context)
            })
            .collect();
        sent.sort_by_key(|cookie| (Reverse(cookie.path.len()), cookie.created));
        let pairs: Vec<Vec<u8>> = sent
            .into_iter()
            .map(|cookie| match cookie.name.as_slice() {
                b"" => cookie.value.clone(),
                name => [name, b"=", &cookie.value].concat(),
            })
            .collect();
        (!pairs.is_empty()).then(|| pairs.join(b"; ".as_slice()))
    }

    /// The cookies that have not expired.
    pub fn cookies(&self) -> impl Iterator<Item = &Cookie> {
        self.cookies
            .iter()
            .filter(|cookie| cookie.expires.is_none_or(|at| at > self.now))
    }

    /// The first cookie of a name.
    pub fn get(&self, name: &str) -> Option<&Cookie> {
        self.cookies().find(|cookie| cookie.name == name.as_bytes())
    }

    /// Puts a cookie with any bytes into the jar. It is host-only, for all paths, and sent in every context.
    pub fn insert(&mut self, url: &Url, name: &[u8], value: &[u8]) {
        self.store(Cookie {
            name: name.to_vec(),
            value: value.to_vec(),
            domain: url.host_str().unwrap_or_default().to_owned(),
            host_only: true,
            path: "/".to_owned(),
            secure: url.scheme() == "https",
            http_only: true,
            same_site: SameSite::None,
            expires: None,
            created: 0,
        });
    }

    /// Removes the cookies of a name.
    pub fn remove(&mut self, name: &str) {
        self.cookies.retain(|cookie| cookie.name != name.as_bytes());
    }

    /// Removes all cookies.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// Section 5.7, the storage model.
    fn take(&mut self, url: &Url, context: Context, set: SetCookie) {
        let Some(host) = url.host_str() else { return };
        let https = url.scheme() == "https";
        let own_suffix = is_public_suffix(&set.domain) && set.domain == host;
        let host_only = set.domain.is_empty() || own_suffix;
        if !host_only && (is_public_suffix(&set.domain) || !domain_matches(host, &set.domain)) {
            return;
        }
        let cookie = Cookie {
            name: set.name,
            value: set.value,
            domain: if host_only {
                host.to_owned()
            } else {
                set.domain
            },
            host_only,
            path: set.path.unwrap_or_else(|| default_path(url.path())),
            secure: set.secure,
            http_only: set.http_only,
            same_site: set.same_site,
            expires: set.expires,
            created: 0,
        };
        let allowed = (https || !cookie.secure && !self.shadows_secure(&cookie))
            && (cookie.same_site != SameSite::None || cookie.secure)
            && (context != Context::CrossSiteSubrequest || cookie.same_site == SameSite::None)
            && cookie.keeps_prefix();
        if allowed {
            self.store(cookie);
        }
    }

    fn shadows_secure(&self, new: &Cookie) -> bool {
        self.cookies().any(|old| {
            old.secure
                && old.name == new.name
                && (domain_matches(&old.domain, &new.domain)
                    || domain_matches(&new.domain, &old.domain))
                && path_matches(&new.path, &old.path)
        })
    }

    /// Stores a cookie. It replaces a cookie in the same slot, and takes over its place in the order.
    fn store(&mut self, mut cookie: Cookie) {
        self.stored += 1;
        cookie.created = self.stored;
        if let Some(at) = self
            .cookies
            .iter()
            .position(|old| old.is_same_slot(&cookie))
        {
            cookie.created = self.cookies.swap_remove(at).created;
        }
        if cookie.expires.is_none_or(|at| at > self.now) {
            self.cookies.push(cookie);
        }
    }
}

/// Section 5.1.3.
fn domain_matches(host: &str, domain: &str) -> bool {
    host == domain
        || !is_ip_address(host)
            && host
                .strip_suffix(domain)
                .is_some_and(|labels| labels.ends_with('.'))
}

/// Section 5.1.4, the path of a cookie without a `Path` attribute.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        Some(0) | None => "/".to_owned(),
        Some(last) => path[..last].to_owned(),
    }
}

/// 5.1.4.
fn path_matches(path: &str, cookie_path: &str) -> bool {
    path.strip_prefix(cookie_path)
        .is_some_and(|rest| rest.is_empty() || cookie_path.ends_with('/') || rest.starts_with('/'))
}
