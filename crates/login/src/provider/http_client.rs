//! The HTTP seam: who carries requests to the provider, and brings its answers back.
//!
//! Rule: a client carries. Deadlines, places, the judgement of answers and the log are the login's.

use std::error::Error;
use std::fmt;
use std::pin::Pin;

use http::{Request, Response};

/// What a [`HttpClient`] answers, when it does.
pub type HttpExchange<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, HttpClientError>> + Send + 'a>>;

/// An HTTP client for [`LoginBuilder::http_client`](crate::LoginBuilder::http_client).
///
/// It sends one request and reads the whole answer, whatever the status. The login drops the future at its deadline,
/// ten seconds after the start. It doesn't call it more than 32 times at once.
///
/// A client must follow no redirect, keep no cookie, send nothing twice and decode no `Content-Encoding`. It checks
/// the server's certificate. The request has secrets in its headers and its body: a client logs neither.
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
    /// Sends a request, and reads an answer of at most `limit` bytes.
    ///
    /// The login refuses a longer body as well, but only after it was read. So a client stops at `limit` and returns
    /// [`HttpClientError::TooLarge`]: a body may have no end.
    fn send(&self, request: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_>;
}

/// Why a [`HttpClient`] has no answer. The log shows the cause, unless it repeats a secret of the request.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpClientError {
    /// There was no connection, so that the provider has not seen the request.
    NoConnection(Box<dyn Error + Send + Sync>),
    /// The answer is missing or cut, and the provider may have seen the request.
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
