//! The HTTP seam: an application may send the login's requests to the provider with its own client.
//!
//! Rule: a client sends a request and returns the answer. The login keeps deadlines and places, judges answers and
//! writes the log.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

use http::{Request, Response};

/// The future of one exchange, which [`HttpClient::send`] returns.
pub type HttpExchange<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpClientError>> + Send + 'a>>;

/// An HTTP client for [`LoginBuilder::http_client`](crate::LoginBuilder::http_client).
///
/// The default is a client of the login's own.
///
/// A client sends one request and reads the whole answer, for any status. The login drops the future after ten seconds.
/// It runs at most 48 exchanges of its own at once, and 32 calls of the API for handlers.
///
/// A client:
///
/// - checks the server's certificate,
/// - doesn't follow redirects, and keeps no cookies,
/// - never sends a request twice, since a code or a token is valid once,
/// - doesn't decode `Content-Encoding`,
/// - logs neither headers nor bodies, since both have secrets.
///
/// ```
/// use fncy_login::Login;
/// use fncy_login::http_client::{HttpClient, HttpClientError, HttpExchange};
/// use http::{Request, Response};
///
/// struct Canned;
///
/// impl HttpClient for Canned {
///     fn send(&self, request: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_> {
///         Box::pin(async move {
///             let body = match request.uri().path() {
///                 "/me" => r#"{"id":"alex"}"#,
///                 _ => r#"{"access_token":"a","token_type":"Bearer"}"#,
///             };
///             if body.len() > limit {
///                 return Err(HttpClientError::TooLarge);
///             }
///             Ok(Response::new(body.into()))
///         })
///     }
/// }
///
/// let builder = Login::builder().http_client(Canned);
/// ```
pub trait HttpClient: Send + Sync + 'static {
    /// Sends a request, and reads an answer with a body of at most `limit` bytes.
    ///
    /// If the body is longer, stop reading and return [`HttpClientError::TooLarge`], since a body may have no end.
    ///
    /// # Errors
    ///
    /// [`HttpClientError`] if there is no complete answer. A status such as 500 is an answer.
    fn send(&self, request: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_>;
}

/// The error of an [`HttpClient`] that has no answer.
///
/// The log shows the cause, unless it repeats a secret of the request.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpClientError {
    /// There was no connection, so the provider has not received the request.
    NoConnection(Box<dyn Error + Send + Sync>),
    /// The answer is missing or incomplete. The provider may have received the request.
    Interrupted(Box<dyn Error + Send + Sync>),
    /// The body is longer than the limit.
    TooLarge,
}

impl fmt::Display for HttpClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoConnection(_) => "no connection",
            Self::Interrupted(_) => "the exchange was interrupted",
            Self::TooLarge => "the answer is too large",
        })
    }
}

impl Error for HttpClientError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NoConnection(cause) | Self::Interrupted(cause) => Some(cause.as_ref()),
            Self::TooLarge => None,
        }
    }
}
