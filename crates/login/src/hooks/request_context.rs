//! What hooks see of the request that caused them.
//!
//! Rules:
//! - The context has no query: a query may hold a code, a `state` or a token. Of the headers it has those that the
//!   application has named, and none of [`WITH_SECRETS`].
//! - Strangers choose these texts, so each is cut, and the number of header lines is limited.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use fncy_login_core::{Head, ReturnTo};
use serde::{Serialize, Serializer};

/// Headers that hold secrets: credentials, or addresses with a query.
pub(crate) const WITH_SECRETS: [&str; 6] = [
    "authorization",
    "cookie",
    "hx-current-url",
    "proxy-authorization",
    "referer",
    "set-cookie",
];

/// The longest text, in characters.
const MAX_LEN: usize = 512;
/// The most header lines.
const MAX_LINES: usize = 8;

/// The request that caused a hook to be called: method, path, return address, headers that the application named, and
/// the client's address.
///
/// [`NewLogin::request`](crate::NewLogin::request) has the request of the callback, and
/// [`RefreshedLogin::request`](crate::RefreshedLogin::request) the one that started the refresh.
/// [`LoginEvent::request`](crate::LoginEvent::request) has that of an event. Cloning is cheap.
///
/// Method, path and headers are what the browser sent: escape them where they are shown. Each is cut to 512
/// characters. `Debug` and the serialized text have the return address without its query.
///
/// ```
/// # use fncy_login::RequestContext;
/// fn device(request: &RequestContext) -> String {
///     let agent = request.header("user-agent").unwrap_or("an unknown browser");
///     match request.client_address() {
///         Some(address) => format!("{agent} at {address}"),
///         None => agent.to_owned(),
///     }
/// }
/// # assert_eq!(device(&RequestContext::default()), "an unknown browser");
/// ```
#[doc(alias("user agent", "ip address"))]
#[derive(Clone, Default)]
pub struct RequestContext(Arc<Facts>);

#[derive(Clone, Default)]
struct Facts {
    method: String,
    path: String,
    return_to: Option<String>,
    headers: Vec<(&'static str, String)>,
    client_address: Option<IpAddr>,
}

impl RequestContext {
    /// Copies the parts of a head that hooks see. `names` are the headers that the application has named.
    pub(crate) fn of<H: Head>(
        head: &H,
        names: &[&'static str],
        client_address: Option<IpAddr>,
    ) -> Self {
        let lines = names.iter().flat_map(|name| {
            let lines = head.lines(name);
            lines.map(|line| (*name, cut(&String::from_utf8_lossy(line))))
        });
        Self(Arc::new(Facts {
            method: cut(head.method()),
            path: cut(head.path()),
            return_to: None,
            headers: lines.take(MAX_LINES).collect(),
            client_address,
        }))
    }

    /// Adds the return address, which the core has read.
    pub(crate) fn returning_to(mut self, return_to: &ReturnTo) -> Self {
        Arc::make_mut(&mut self.0).return_to = Some(return_to.as_str().to_owned());
        self
    }

    /// The method, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.0.method
    }

    /// The path as the browser sent it, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The address that the sign-in returns to: path and query on the application's own origin.
    ///
    /// `None` if the request is no part of a sign-in. The query is the application's own, such as an invitation. Don't
    /// log it if it may hold a secret.
    #[must_use]
    pub fn return_to(&self) -> Option<&str> {
        self.0.return_to.as_deref()
    }

    /// The last line of a header that [`LoginBuilder::hook_headers`](crate::LoginBuilder::hook_headers) names. `name` is
    /// in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.0.headers.iter().rev();
        let mut found = lines.filter(|(own, _)| *own == name);
        found.next().map(|(_, line)| line.as_str())
    }

    /// All lines of the headers that [`LoginBuilder::hook_headers`](crate::LoginBuilder::hook_headers) names, 8 at most.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.headers.iter();
        lines.map(|(name, line)| (*name, line.as_str()))
    }

    /// The client's address, as [`LoginBuilder::client_address`](crate::LoginBuilder::client_address) reads it.
    #[must_use]
    pub fn client_address(&self) -> Option<IpAddr> {
        self.0.client_address
    }

    /// The return address without its query.
    fn return_path(&self) -> Option<&str> {
        self.return_to()?.split(['?', '#']).next()
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_LEN).collect()
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("method", &self.method())
            .field("path", &self.path())
            .field("return_path", &self.return_path())
            .field("headers", &self.0.headers)
            .field("client_address", &self.client_address())
            .finish()
    }
}

/// The members of a serialized context, in their order.
#[derive(Serialize)]
struct Line<'a> {
    method: &'a str,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_address: Option<IpAddr>,
    /// The last line of each header.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<&'a str, &'a str>,
}

impl Serialize for RequestContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = Line {
            method: self.method(),
            path: self.path(),
            return_path: self.return_path(),
            client_address: self.client_address(),
            headers: self.headers().collect(),
        };
        line.serialize(serializer)
    }
}
