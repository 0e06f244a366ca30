//! The application's answer to a request.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::TestError;

/// The application's answer to a request. A client doesn't follow redirects, so a redirect is an answer too.
#[derive(Clone, Debug)]
pub struct Answer(Response<Bytes>);

impl Answer {
    pub(crate) fn new(response: Response<Bytes>) -> Self {
        Self(response)
    }

    /// The status. It can be compared with a number.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.0.headers()
    }

    /// The first header of a name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// The `Location` header as written, if it is text.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        self.0.body()
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// The path and the challenge of the offer to register a device key.
    #[cfg(feature = "device-bound")]
    pub(crate) fn device_offer(&self) -> Option<(String, String)> {
        let offer = self.header("secure-session-registration")?;
        let param = |name: &str| {
            let (_, rest) = offer.split_once(&format!(";{name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        param("path").zip(param("challenge"))
    }

    /// The challenge for a device key.
    #[cfg(feature = "device-bound")]
    pub(crate) fn device_challenge(&self) -> Option<&str> {
        self.header("secure-session-challenge")?.split('"').nth(1)
    }

    /// A summary in one line, for the message of a failed test.
    pub(crate) fn summary(&self) -> String {
        let status = self.status();
        match self.location() {
            Some(location) => format!("{status}, a redirect to {location}"),
            None => format!("{status}: {}", self.words()),
        }
    }

    /// The text on the page.
    fn words(&self) -> String {
        let page = self.text();
        let body = page.split_once("<body").map_or(&*page, |(_, body)| body);
        let texts = body
            .split('<')
            .map(|part| part.rsplit('>').next().unwrap_or_default());
        let words = texts.flat_map(str::split_whitespace);
        words.collect::<Vec<_>>().join(" ")
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// The body is not JSON, or not of this type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, TestError> {
        serde_json::from_slice(self.bytes())
            .map_err(|error| TestError::because(format!("the answer is {:?}", self.text()), error))
    }
}
