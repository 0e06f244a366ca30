//! Extractors for poem: the signed-in user, and their tokens.

use std::fmt;
use std::ops::Deref;

use fncy_login::{AuthContext, LiveSession, SessionTokens, SignedIn, User};
use poem::error::ResponseError;
use poem::http::{HeaderMap, Method, StatusCode, Uri};
use poem::{Error, FromRequest, Request, RequestBody, Response, Result};

use crate::convert::{RequestHead, response};

/// The signed-in user.
///
/// On a protected path there always is one. On a public path a visitor without a session is sent
/// to sign in, or told so with a 401; take an `Option<CurrentUser>` to serve them too.
///
/// Without [`FncyLogin`](crate::FncyLogin) round the route it is a 500, and the log names the line
/// to add; poem's `Option` swallows the error, so that `Option<CurrentUser>` is `None` then.
#[derive(Clone, Debug)]
pub struct CurrentUser(SignedIn);

impl CurrentUser {
    /// The user itself, to keep it beyond the request.
    #[must_use]
    pub fn into_inner(self) -> User {
        self.0.into_user()
    }

    /// The session, for a connection that outlives this request, such as a WebSocket or an event
    /// stream.
    #[must_use]
    pub fn watch(&self) -> LiveSession {
        self.0.watch()
    }
}

impl Deref for CurrentUser {
    type Target = User;

    fn deref(&self) -> &User {
        &self.0
    }
}

/// The session's tokens, opened when a handler asks for them.
#[derive(Debug)]
pub struct Tokens(SessionTokens);

impl Deref for Tokens {
    type Target = SessionTokens;

    fn deref(&self) -> &SessionTokens {
        &self.0
    }
}

impl<'a> FromRequest<'a> for CurrentUser {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let context = context(request)?;
        context.signed_in().map(Self).ok_or_else(|| {
            let head = RequestHead::of(request);
            let (method, uri) = (head.method.clone(), head.uri.clone());
            NoUser(context.clone(), method, uri, head.headers.clone()).into()
        })
    }
}

impl<'a> FromRequest<'a> for Tokens {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let tokens = context(request)?.tokens(&RequestHead::of(request));
        let refused = |reply| Error::from_response(response(reply));
        tokens.map(Self).map_err(refused)
    }
}

fn context(request: &Request) -> Result<&AuthContext> {
    request.data().ok_or_else(|| {
        tracing::error!(
            "a handler or middleware asks for the user, but FncyLogin is not round it: put \
             `.with(FncyLogin::new(login))` behind all that do, on the Route"
        );
        StatusCode::INTERNAL_SERVER_ERROR.into()
    })
}

/// Nobody is signed in. What the visitor gets is made only when it is sent: an `Option` of an
/// extractor never asks.
struct NoUser(AuthContext, Method, Uri, HeaderMap);

impl fmt::Display for NoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody is signed in")
    }
}

/// As [`fmt::Display`]: what a logger writes of an error must not hold the request, whose query and
/// headers have secrets in them.
impl fmt::Debug for NoUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for NoUser {}

impl ResponseError for NoUser {
    fn status(&self) -> StatusCode {
        StatusCode::UNAUTHORIZED
    }

    fn as_response(&self) -> Response {
        let Self(context, method, uri, headers) = self;
        response(context.challenge(&RequestHead {
            method,
            uri,
            stripped: None,
            headers,
        }))
    }
}
