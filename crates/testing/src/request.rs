//! One request of a client.
//!
//! Rules:
//! - `Sec-Fetch-*`, `Origin` and `Referer` are a browser's, for a typed address, a form, a script's request and the
//!   return from FNCY (W3C Fetch Metadata; Fetch section 3.2).
//! - A client with an access token is a program: it sends the token, but no cookie and no header of this list.
//! - A header of the test replaces the browser's. So a request can come from another site's page, or from htmx.
//! - A path is sent as written, and not as a browser would resolve it, so that tests can try odd spellings on guards.

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN, REFERER,
};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use url::{Position, Url};

use crate::answer::Answer;
use crate::app::App;
use crate::client::Client;
use crate::cookies::Context;
use crate::error::TestError;

/// The cause of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A person types the address of a page.
    Navigation,
    /// A person sends a form of the application's own page.
    Form,
    /// A script of the application's own page sends a request.
    Fetch,
    /// FNCY redirects back.
    Return,
}

impl Purpose {
    /// `Sec-Fetch-Site`, `-Mode` and `-Dest`, and `Accept`.
    fn headers(self) -> [&'static str; 4] {
        const PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        match self {
            Self::Navigation => ["none", "navigate", "document", PAGE],
            Self::Form => ["same-origin", "navigate", "document", PAGE],
            Self::Fetch => ["same-origin", "cors", "empty", "*/*"],
            Self::Return => ["cross-site", "navigate", "document", PAGE],
        }
    }

    fn context(self) -> Context {
        match self {
            Self::Return => Context::CrossSiteNavigation,
            Self::Navigation | Self::Form | Self::Fetch => Context::SameSite,
        }
    }

    fn is_of_own_page(self) -> bool {
        matches!(self, Self::Form | Self::Fetch)
    }
}

impl<A: App> Client<A> {
    /// Opens a page. Without a session the answer leads to FNCY. The path is sent as it is written, odd spellings included
    /// (`//admin`, `/x/../admin`).
    pub fn get(&self, path: &str) -> Request<'_, A> {
        Request::new(self, Purpose::Navigation, Method::GET, path)
    }

    /// Sends a form of one of the application's own pages.
    pub fn post(&self, path: &str) -> Request<'_, A> {
        Request::new(self, Purpose::Form, Method::POST, path)
    }

    /// A request of a script on one of the application's own pages. Without a session it gets 401.
    pub fn fetch(&self, method: &str, path: &str) -> Request<'_, A> {
        match Method::from_bytes(method.as_bytes()) {
            Ok(method) => Request::new(self, Purpose::Fetch, method, path),
            Err(error) => Request::mistaken(
                self,
                TestError::because(format!("{method:?} is not a method"), error),
            ),
        }
    }
}

/// A request that is not sent yet.
#[must_use = "it does nothing until it is sent"]
pub struct Request<'a, A> {
    client: &'a Client<A>,
    purpose: Purpose,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
    mistake: Option<TestError>,
}

impl<'a, A: App> Request<'a, A> {
    pub(crate) fn new(client: &'a Client<A>, purpose: Purpose, method: Method, path: &str) -> Self {
        Self {
            client,
            purpose,
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            mistake: None,
        }
    }

    /// A request with a mistake, which it tells when it is sent.
    pub(crate) fn mistaken(client: &'a Client<A>, mistake: TestError) -> Self {
        Self {
            mistake: Some(mistake),
            ..Self::new(client, Purpose::Fetch, Method::GET, "/")
        }
    }

    /// Sets a header, in place of the browser's value.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let pair = HeaderName::try_from(name)
            .ok()
            .zip(HeaderValue::try_from(value).ok());
        match pair {
            Some((name, value)) => drop(self.headers.insert(name, value)),
            None => {
                self.mistake = Some(TestError::new(format!("{name}: {value:?} is not a header")));
            }
        }
        self
    }

    /// Sets the body to the fields of a form.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.body("application/x-www-form-urlencoded", body.finish())
    }

    /// Sets the body to a value as JSON.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body("application/json", body),
            Err(error) => {
                self.mistake = Some(TestError::because("the value can't be JSON", error));
                self
            }
        }
    }

    /// Sets the body and its content type.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// Sends the request, and returns the whole answer. It follows no redirect.
    ///
    /// # Errors
    ///
    /// The path is not the application's, a header or the body is not valid, or the application breaks off.
    pub async fn send(self) -> Result<Answer, TestError> {
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        let address = self.client.address(&self.path)?;
        let context = self.purpose.context();
        let headers = match &self.client.authorization {
            Some(authorization) => vec![
                (HOST, address.authority().to_owned()),
                (ACCEPT, "application/json".to_owned()),
                (AUTHORIZATION, authorization.to_string()),
            ],
            None => self.said_by_browsers(&address),
        };
        let target = target(&self.path, &address);
        let mut request = http::Request::builder().method(self.method).uri(&*target);
        for (name, value) in headers {
            if !self.headers.contains_key(&name) {
                request = request.header(name, value);
            }
        }
        let mut request = request
            .body(self.body)
            .map_err(|error| TestError::because(format!("{target} can't be asked for"), error))?;
        request.headers_mut().extend(self.headers);
        self.client.send(&address, context, request).await
    }

    fn said_by_browsers(&self, address: &Url) -> Vec<(HeaderName, String)> {
        let [site, mode, destination, accept] = self.purpose.headers().map(str::to_owned);
        let mut headers = vec![
            (HOST, address.authority().to_owned()),
            (ACCEPT, accept),
            (HeaderName::from_static("sec-fetch-site"), site),
            (HeaderName::from_static("sec-fetch-mode"), mode),
            (HeaderName::from_static("sec-fetch-dest"), destination),
        ];
        let cookies = self.client.jar().header(address, self.purpose.context());
        if let Some(cookies) = cookies {
            headers.push((COOKIE, String::from_utf8_lossy(&cookies).into_owned()));
        }
        if self.purpose.is_of_own_page() {
            let origin = address.origin().ascii_serialization();
            let front_page = self.client.fncy.front_page();
            headers.push((REFERER, front_page.into()));
            if !self.method.is_safe() {
                headers.push((ORIGIN, origin));
            }
        }
        headers
    }
}

/// The target of the request line. Only bytes that it can't have are escaped.
fn target(path: &str, address: &Url) -> String {
    if !path.starts_with('/') {
        return address[Position::BeforePath..Position::AfterQuery].to_owned();
    }
    let escaped = |byte| match byte {
        b'!'..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(escaped).collect()
}
