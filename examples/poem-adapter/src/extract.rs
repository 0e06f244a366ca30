//! Extractors for poem: the signed-in user, the session and its tokens.

use std::fmt;
use std::ops::Deref;

use fncy_login::adapter::{ApiHandle, Rejection, SessionHandle, SignedIn, tokens};
use fncy_login::{LiveSession, SessionTokens, User};
use poem::error::ResponseError;
use poem::http::StatusCode;
use poem::{FromRequest, Request, RequestBody, Response, Result};

use crate::convert::{RequestHead, context, rejection};

/// The signed-in user.
///
/// On a protected path there is one for each request. On a public path a visitor without a session is sent to sign in,
/// or gets a 401. To serve visitors as well, take an `Option<CurrentUser>`.
///
/// Without [`FncyLogin`](crate::FncyLogin) around the route, the request gets a 500, and the log says what to add.
/// poem's `Option` drops that error, so that an `Option<CurrentUser>` is `None` then.
#[derive(Clone, Debug)]
pub struct CurrentUser(SignedIn);

impl CurrentUser {
    /// The user, to keep beyond the request.
    #[must_use]
    pub fn into_inner(self) -> User {
        self.0.into_user()
    }

    /// The session, for a connection that outlives this request, such as a WebSocket or an event stream.
    #[must_use]
    pub fn watch(&self) -> LiveSession {
        self.0.watch()
    }
}

impl Deref for CurrentUser {
    type Target = User;

    fn deref(&self) -> &User {
        self.0.user()
    }
}

/// The signed-in user, if they signed in within the last `SECONDS`. Other users sign in again.
#[derive(Clone, Debug)]
pub struct RecentSignIn<const SECONDS: u64>(SignedIn);

impl<const SECONDS: u64> Deref for RecentSignIn<SECONDS> {
    type Target = User;

    fn deref(&self) -> &User {
        self.0.user()
    }
}

/// The session's tokens. They are opened when a handler asks for them.
#[derive(Debug)]
pub struct Tokens(SessionTokens);

impl Deref for Tokens {
    type Target = SessionTokens;

    fn deref(&self) -> &SessionTokens {
        &self.0
    }
}

/// FNCY's API, for the user of this request: a client, and new tokens after a 401.
#[derive(Clone, Debug)]
pub struct FncyApi(ApiHandle);

impl Deref for FncyApi {
    type Target = ApiHandle;

    fn deref(&self) -> &ApiHandle {
        &self.0
    }
}

/// The session: its data, and the ways to change or end it. A change leaves with the response of this request.
#[derive(Clone, Debug)]
pub struct Session(SessionHandle);

impl Deref for Session {
    type Target = SessionHandle;

    fn deref(&self) -> &SessionHandle {
        &self.0
    }
}

impl<'a> FromRequest<'a> for CurrentUser {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let head = || RequestHead::of(request);
        let user = context(request).and_then(|context| SignedIn::required(context, head));
        Ok(Self(user.map_err(AuthRejection)?))
    }
}

impl<'a, const SECONDS: u64> FromRequest<'a> for RecentSignIn<SECONDS> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let head = || RequestHead::of(request);
        let user = context(request).and_then(|context| SignedIn::recent(context, SECONDS, head));
        Ok(Self(user.map_err(AuthRejection)?))
    }
}

impl<'a> FromRequest<'a> for Tokens {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let head = RequestHead::of(request);
        let tokens = context(request).and_then(|context| tokens(context, &head));
        Ok(Self(tokens.map_err(AuthRejection)?))
    }
}

impl<'a> FromRequest<'a> for Session {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let head = RequestHead::of(request);
        let session = context(request).and_then(|context| SessionHandle::of(context, &head));
        Ok(Self(session.map_err(AuthRejection)?))
    }
}

impl<'a> FromRequest<'a> for FncyApi {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let head = RequestHead::of(request);
        let api = context(request).and_then(|context| ApiHandle::of(context, &head));
        Ok(Self(api.map_err(AuthRejection)?))
    }
}

/// Why a handler isn't called.
#[derive(Debug)]
pub struct AuthRejection(pub(crate) Rejection);

impl From<Rejection> for AuthRejection {
    fn from(rejection: Rejection) -> Self {
        Self(rejection)
    }
}

impl fmt::Display for AuthRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for AuthRejection {}

impl ResponseError for AuthRejection {
    fn status(&self) -> StatusCode {
        self.as_response().status()
    }

    fn as_response(&self) -> Response {
        rejection(&self.0)
    }
}
