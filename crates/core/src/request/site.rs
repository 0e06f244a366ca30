//! The site: the application's origin, base path and endpoints, as browsers see them.
//!
//! Rule: all of it comes from the redirect URI in the settings. The core reads no `Forwarded` and no `X-Forwarded-…`
//! header. `Host` only chooses among several redirect URIs (`host.rs`), so that no forged header makes an address.

use std::borrow::Cow;
use std::fmt;

use form_urlencoded::byte_serialize;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::request::canonical_path::{as_sent, is_canonical};
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::values::secure_url::{SecureUrl, UrlError};

/// The application's origin, base path and endpoints, as browsers see them.
#[derive(Clone, Debug)]
pub struct Site {
    redirect_uri: String,
    address: SecureUrl,
    origin: String,
    base: String,
    home: String,
    /// The base and the endpoint prefix. Unlike the base alone, it is never empty.
    prefix: String,
    /// The callback's path, without a slash at its end.
    callback: String,
    /// The prefix and the callback's path, each as [`read_loosely`] returns it.
    read_loosely: [String; 2],
    /// Whether a proxy removes the base. `false` if the base is empty.
    base_stripped: bool,
}

/// The callback's path below the prefix.
const CALLBACK: &str = "/callback";

/// The reason for which a site was refused.
///
/// `Display` is the end of a sentence that begins with the setting's name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SiteError {
    /// The redirect URI is no address that a code may be sent to.
    Url(UrlError),
    /// The redirect URI has a query.
    HasQuery,
    /// The redirect URI isn't spelled as browsers spell it: a slash is missing, the host has capitals, or the default
    /// port is named. Authorization servers compare it letter by letter. The text is the spelling of browsers.
    NotNormal(String),
    /// The redirect URI's path can't be the callback's: it is the front page, another endpoint, or not canonical.
    NotTheCallback,
    /// The front page isn't a plain path such as `/dashboard`, or is an endpoint of the login.
    BadHome,
    /// The endpoint prefix isn't a plain path such as `/auth`.
    BadPrefix,
}

impl From<UrlError> for SiteError {
    fn from(error: UrlError) -> Self {
        Self::Url(error)
    }
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => error.fmt(f),
            Self::HasQuery => f.write_str("must have no query"),
            Self::NotNormal(normal) => write!(
                f,
                "must be written as browsers write it, here and where it is registered with FNCY: {normal}"
            ),
            Self::NotTheCallback => f.write_str(
                "must have a plain path that is only the callback's, such as https://app.example/auth/callback",
            ),
            Self::BadHome => f.write_str(
                "has a home path that is not a plain path such as /dashboard, or is an endpoint of the login",
            ),
            Self::BadPrefix => {
                f.write_str("has an endpoint prefix that is not a plain path such as /auth")
            }
        }
    }
}

impl std::error::Error for SiteError {}

impl Site {
    /// Whether a path can be the endpoint prefix: a plain path such as `/auth`.
    #[must_use]
    pub fn is_prefix(path: &str) -> bool {
        is_canonical(&as_sent(path)) && !path.ends_with('/')
    }

    /// Makes the site of a redirect URI: `{origin}{base}{prefix}/callback`.
    ///
    /// A redirect URI with another path is accepted too, and the application is then at the root of its origin. So a
    /// redirect URI that was registered for another library can stay.
    ///
    /// `base_stripped` says that a proxy removes the base from the path before the application sees it.
    ///
    /// # Errors
    ///
    /// `SiteError`, if the redirect URI or the prefix can't be used.
    pub fn new(redirect_uri: &str, prefix: &str, base_stripped: bool) -> Result<Self, SiteError> {
        if !Self::is_prefix(prefix) {
            return Err(SiteError::BadPrefix);
        }
        let prefix = as_sent(prefix);
        let address = SecureUrl::parse(redirect_uri)?;
        let url = address.url();
        if url.query().is_some() {
            return Err(SiteError::HasQuery);
        }
        if url.as_str() != redirect_uri {
            return Err(SiteError::NotNormal(url.as_str().to_owned()));
        }
        let path = url.path().strip_suffix('/').unwrap_or(url.path());
        let base = path
            .strip_suffix(CALLBACK)
            .and_then(|rest| rest.strip_suffix(&*prefix))
            .unwrap_or_default();
        let callback = &path[base.len()..];
        let is_plain = |path: &str| is_canonical(path) && !path.ends_with('/');
        let is_endpoint = |name| Endpoint::named(name).is_some();
        if !is_plain(callback)
            || !(base.is_empty() || is_plain(base))
            || callback.strip_prefix(&*prefix).is_some_and(is_endpoint)
        {
            return Err(SiteError::NotTheCallback);
        }
        let prefix = format!("{base}{prefix}");
        Ok(Self {
            origin: url[..Position::BeforePath].to_owned(),
            home: format!("{base}/"),
            base: base.to_owned(),
            callback: path.to_owned(),
            read_loosely: [&prefix, path].map(read_loosely),
            prefix,
            base_stripped: base_stripped && !base.is_empty(),
            redirect_uri: redirect_uri.to_owned(),
            address,
        })
    }

    /// This site with another front page, given as a path below its base. An empty path stands for the base itself, or
    /// for `/` if the base is empty.
    ///
    /// # Errors
    ///
    /// `SiteError::BadHome`, if the path is not plain, or is an endpoint of the login.
    pub fn with_home(mut self, path: &str) -> Result<Self, SiteError> {
        let is_root = self.base.is_empty() && path.is_empty();
        let path = if is_root { "/" } else { path };
        self.home = format!("{}{}", self.base, as_sent(path));
        let is_page = (path.is_empty() || path.starts_with('/'))
            && is_canonical(&self.home)
            && self.endpoint(&self.home).is_none();
        is_page.then_some(self).ok_or(SiteError::BadHome)
    }

    /// The front page, as browsers ask for it. A sign-in without a return address ends there.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home
    }

    /// The redirect URI, exactly as the authorization server gets it.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// The scheme, host and port, as browsers write them in `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the site is on a loopback host, where browsers accept plain http.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address.is_loopback()
    }

    /// The port of the redirect URI, or the default one of its scheme.
    #[must_use]
    pub fn port(&self) -> u16 {
        // Both http and https have a default port.
        self.url().port_or_known_default().unwrap_or_default()
    }

    /// The host's name, as browsers write it. A cookie belongs to a host with all of its ports.
    #[must_use]
    pub fn host(&self) -> &str {
        // An http or https URL always has a host.
        self.url().host_str().unwrap_or_default()
    }

    pub(crate) fn url(&self) -> &Url {
        self.address.url()
    }

    /// Whether another site has its callback, and so the whole application, at the same path.
    #[must_use]
    pub fn has_paths_of(&self, other: &Self) -> bool {
        (&self.base, &self.callback) == (&other.base, &other.callback)
    }

    /// The base path of the application: empty, or a path such as `/sub`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The path that starts a sign-in (log in, login), as browsers ask for it: `/auth/login`, below the site's base. A
    /// page links to it.
    #[must_use]
    pub fn login_path(&self) -> String {
        self.path_of(Endpoint::Login)
    }

    /// [`Site::login_path`] with a page to return to. `return_to` is that page's path as browsers see it, with the base
    /// and the query.
    ///
    /// An address of another origin leads to the front page.
    ///
    /// ```
    /// # use fncy_login_core::Site;
    /// let site = Site::new("https://app.example/sub/auth/callback", "/auth", false)?;
    /// assert_eq!(
    ///     site.login_path_to("/sub/inbox?page=2"),
    ///     "/sub/auth/login?return_to=%2Fsub%2Finbox%3Fpage%3D2",
    /// );
    /// # Ok::<(), fncy_login_core::SiteError>(())
    /// ```
    #[must_use]
    pub fn login_path_to(&self, return_to: &str) -> String {
        let mut path = [&self.login_path(), "?return_to="].concat();
        path.extend(byte_serialize(return_to.as_bytes()));
        path
    }

    /// The path that signs out (log out, logout), as browsers ask for it: `/auth/logout`, below the site's base. A form
    /// posts to it.
    #[doc(alias = "logout")]
    #[must_use]
    pub fn sign_out_path(&self) -> String {
        self.path_of(Endpoint::Logout)
    }

    /// The endpoint that a request is for, if it is for one of ours.
    pub(crate) fn endpoint_of<H: Head>(&self, head: &H) -> Option<Endpoint> {
        self.endpoint(&self.browser_path(head.path()))
    }

    pub(crate) fn path_of(&self, endpoint: Endpoint) -> String {
        match endpoint.name() {
            Some(name) => [&self.prefix, name].concat(),
            None => self.callback.clone(),
        }
    }

    /// Whether the callback is below a mount path of the application.
    pub(crate) fn has_callback_below(&self, mount: &str) -> bool {
        let seen = if self.base_stripped {
            self.callback_below_base()
        } else {
            &self.callback
        };
        let rest = seen.strip_prefix(mount.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    fn callback_below_base(&self) -> &str {
        &self.callback[self.base.len()..]
    }

    /// The browser's path for a path that the application sees.
    pub(crate) fn browser_path<'a>(&self, seen: &'a str) -> Cow<'a, str> {
        // `*` and an empty path are no paths of the application. With a base before them they would look like one.
        if self.base_stripped && seen.starts_with('/') {
            self.below_base(seen)
        } else {
            Cow::Borrowed(seen)
        }
    }

    /// The base, and a path below it.
    pub(crate) fn below_base<'a>(&self, path: &'a str) -> Cow<'a, str> {
        if self.base.is_empty() {
            Cow::Borrowed(path)
        } else {
            Cow::Owned(format!("{}{path}", self.base))
        }
    }

    /// The rest of a browser's path below the base.
    pub(crate) fn rest_below_base<'a>(&self, path: &'a str) -> Option<&'a str> {
        if self.base.is_empty() {
            Some(path)
        } else {
            path.strip_prefix(&*self.base)
        }
    }

    /// The endpoint at a browser's path, which is compared byte by byte. One slash at the end is ignored, since some
    /// routers and proxies add it.
    ///
    /// Every request is compared here. A comparison with an empty text takes 70 ns on some processors, so the base is
    /// a part of both texts.
    pub(crate) fn endpoint(&self, path: &str) -> Option<Endpoint> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path == self.callback {
            return Some(Endpoint::Callback);
        }
        Endpoint::named(path.strip_prefix(&*self.prefix)?)
    }

    /// Whether a path would be the callback's if the setting about a stripped base were the other way round.
    pub(crate) fn is_misplaced_callback(&self, seen: &str) -> bool {
        let expected = if self.base_stripped {
            &self.callback
        } else {
            self.callback_below_base()
        };
        !self.base.is_empty() && seen == expected
    }

    /// Whether any server might take this path for an endpoint of the login.
    pub(crate) fn is_endpoint(&self, path: &str) -> bool {
        let [prefix, callback] = &self.read_loosely;
        let path = read_loosely(path);
        let name = path.strip_prefix(prefix);
        path == *callback || name.is_some_and(|name| Endpoint::named(name).is_some())
    }

    /// Whether this is the site's host (RFC 9110, section 7.2), with any port or none.
    pub(crate) fn is_at(&self, host: &str) -> bool {
        let own = self.host();
        let (Some(name), Some(port)) = (host.get(..own.len()), host.get(own.len()..)) else {
            return false;
        };
        let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
        name.eq_ignore_ascii_case(own)
            && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    }
}

/// A path decoded, without parameters and empty segments.
fn read_loosely(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let mut read = String::with_capacity(path.len());
    for segment in decoded.split('/') {
        let segment = segment.split(';').next().unwrap_or_default();
        if !segment.is_empty() {
            read.extend(["/", segment]);
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::SiteError::{BadHome, BadPrefix, HasQuery, NotTheCallback};
    use super::{Endpoint, Site};
    use crate::values::secure_url::UrlError;

    #[test]
    fn the_base_is_the_path_before_the_prefix() {
        let site = Site::new("https://app.example:8443/sub/auth/callback", "/auth", false).unwrap();
        assert_eq!(site.origin(), "https://app.example:8443");
        assert_eq!(site.base(), "/sub");
        assert_eq!(site.endpoint("/sub/auth/login"), Some(Endpoint::Login));
        assert_eq!(site.endpoint("/auth/login"), None);
        assert_eq!(site.endpoint("/sub/auth/login/"), Some(Endpoint::Login));
        assert_eq!(site.endpoint("/sub/auth/login//"), None);
        assert_eq!(site.path_of(Endpoint::Logout), "/sub/auth/logout");
    }

    #[test]
    fn the_front_page_is_below_the_base() {
        let site = || Site::new("https://app.example/sub/auth/callback", "/auth", false).unwrap();
        assert_eq!(site().home(), "/sub/");
        let root = Site::new("https://app.example/auth/callback", "/auth", false).unwrap();
        assert_eq!(root.with_home("").unwrap().home(), "/");
        for (path, home) in [
            ("", "/sub"),
            ("/", "/sub/"),
            ("/my/page", "/sub/my/page"),
            ("/내 방", "/sub/%EB%82%B4%20%EB%B0%A9"),
        ] {
            assert_eq!(site().with_home(path).unwrap().home(), home);
        }
        for path in [
            "page",
            "//evil.example",
            "/a?b",
            "/auth/logout",
            "/auth/logout/",
        ] {
            assert_eq!(site().with_home(path).unwrap_err(), BadHome, "{path}");
        }
    }

    #[test]
    fn any_plain_path_may_be_the_callback() {
        let site = |path: &str| Site::new(&format!("https://app.example{path}"), "/auth", false);
        for path in ["/login/oauth2/code/fncy", "/callback/", "/auth/callback2"] {
            let site = site(path).unwrap();
            assert_eq!((site.base(), site.home()), ("", "/"), "{path}");
            assert_eq!(site.endpoint(path), Some(Endpoint::Callback), "{path}");
            assert_eq!(site.endpoint("/auth/login"), Some(Endpoint::Login));
            assert_eq!(site.endpoint("/auth/callback"), None);
            assert_eq!(site.with_home(path).unwrap_err(), BadHome);
        }
    }

    #[test]
    fn a_stripped_base_is_put_back() {
        let site = Site::new("https://app.example/sub/auth/callback", "/auth", true).unwrap();
        assert_eq!(site.browser_path("/auth/login"), "/sub/auth/login");
    }

    #[test]
    fn each_mistake_has_its_name() {
        for (uri, prefix, error) in [
            (
                "app.example/auth/callback",
                "/auth",
                UrlError::NotAUrl.into(),
            ),
            (
                "http://app.example/auth/callback",
                "/auth",
                UrlError::NotHttps.into(),
            ),
            (
                "https://a@app.example/auth/callback",
                "/auth",
                UrlError::Decorated.into(),
            ),
            ("https://app.example/auth/callback?x=1", "/auth", HasQuery),
            ("https://app.example/", "/auth", NotTheCallback),
            ("https://app.example/auth/login/", "/auth", NotTheCallback),
            (
                "https://app.example/%61uth/callback",
                "/auth",
                NotTheCallback,
            ),
            (
                "https://app.example//auth/callback",
                "/auth",
                NotTheCallback,
            ),
            ("https://app.example/auth/callback", "auth", BadPrefix),
            ("https://app.example/callback", "/", BadPrefix),
        ] {
            assert_eq!(Site::new(uri, prefix, false).unwrap_err(), error, "{uri}");
        }
        assert!(Site::new("http://localhost:3000/auth/callback", "/auth", false).is_ok());
    }

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
