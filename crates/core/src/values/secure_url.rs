//! Addresses to which codes, secrets and tokens may be sent.
//!
//! Rule: the scheme is https, or http with a loopback host.

use std::fmt;

use url::{Position, Url};

/// An absolute https URL of the provider or the application.
///
/// http is accepted for a loopback host only. A user, a password and a fragment are refused.
///
/// ```
/// use fncy_login_core::{SecureUrl, UrlError};
///
/// assert!(SecureUrl::parse("https://fncy.example/v1/oauth2/token").is_ok());
/// assert!(SecureUrl::parse("http://127.0.0.1:4000/token").is_ok());
/// assert_eq!(SecureUrl::parse("http://fncy.example/").unwrap_err(), UrlError::NotHttps);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecureUrl(Url);

/// The reason for which an address was refused.
///
/// `Display` is the end of a sentence that begins with the setting's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UrlError {
    /// The text isn't an absolute URL.
    NotAUrl,
    /// The URL is neither https, nor http on a loopback host.
    NotHttps,
    /// The URL has a user, a password or a fragment.
    Decorated,
}

impl fmt::Display for UrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAUrl => "is not an absolute URL; write one that begins with https://",
            Self::NotHttps => "must begin with https:// (http:// is for localhost only)",
            Self::Decorated => "must have no user, no password and no fragment",
        })
    }
}

impl std::error::Error for UrlError {}

impl SecureUrl {
    /// Parses an address.
    ///
    /// # Errors
    ///
    /// [`UrlError`], if the text is no address that secrets may be sent to.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::NotAUrl)?;
        if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(UrlError::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(UrlError::Decorated);
        }
        Ok(Self(url))
    }

    /// This address with `path` appended to its own path. A query is dropped.
    #[must_use]
    pub fn below(&self, path: &str) -> Self {
        let mut url = self.0.clone();
        url.set_query(None);
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        Self(url)
    }

    /// The scheme, host and port of a URL, for a log or an error. `None` if the text is no absolute URL with a host.
    ///
    /// The rest of a URL may hold a secret, such as a password, or a key in the query.
    ///
    /// ```
    /// use fncy_login_core::SecureUrl;
    ///
    /// let address = "http://user:password@fncy.example/token?key=secret";
    /// assert_eq!(SecureUrl::place(address).unwrap(), "http://fncy.example");
    /// ```
    #[must_use]
    pub fn place(text: &str) -> Option<String> {
        let url = Url::parse(text).ok().filter(Url::has_host)?;
        let place = &url[Position::BeforeHost..Position::BeforePath];
        Some(format!("{}://{place}", url.scheme()))
    }

    /// The address without its query, which may hold a key.
    #[must_use]
    pub fn without_query(&self) -> &str {
        &self.0[..Position::AfterPath]
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The scheme, host and port, as browsers write them in `Origin`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }

    /// Whether the host is `localhost`, in 127.0.0.0/8, or `[::1]`. Names are not resolved.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{SecureUrl, UrlError};

    #[test]
    fn only_safe_addresses_are_accepted() {
        for (text, error) in [
            ("fncy.example", UrlError::NotAUrl),
            ("http://fncy.example", UrlError::NotHttps),
            ("http://localhost.fncy.example", UrlError::NotHttps),
            ("ftp://localhost", UrlError::NotHttps),
            ("https://user@fncy.example", UrlError::Decorated),
            ("https://fncy.example/#x", UrlError::Decorated),
        ] {
            assert_eq!(SecureUrl::parse(text).unwrap_err(), error, "{text}");
        }
    }

    #[test]
    fn documented_paths_are_appended_to_the_base() {
        let base = SecureUrl::parse("https://fncy.example/kr/").unwrap();
        assert_eq!(
            base.below("/v1/oauth2/token").as_str(),
            "https://fncy.example/kr/v1/oauth2/token"
        );
    }
}
