//! Extractors for actix-web: the signed-in user, the session and its tokens.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use fncy_login::adapter::{ApiHandle, SessionHandle, SignedIn, tokens};
use fncy_login::{LiveSession, SessionTokens, User};

use crate::convert::{RequestHead, context};
use crate::rejection::AuthRejection;

/// The signed-in user.
///
/// On a protected path there is one for each request. On a public path a visitor without a session is sent to sign in,
/// or gets a 401. To serve visitors as well, take an `Option<CurrentUser>`.
///
/// Without [`FncyLogin`](crate::FncyLogin) around the route, the request gets a 500, and the log says what to add.
/// actix-web's `Option` drops that error, so that an `Option<CurrentUser>` is `None` then.
#[doc(alias("session", "principal", "identity", "extractor", "claims", "id_token"))]
#[derive(Clone, Debug)]
pub struct CurrentUser(SignedIn);

impl CurrentUser {
    /// The user, to keep beyond the request.
    #[must_use]
    pub fn into_inner(self) -> User {
        self.0.into_user()
    }

    /// The session, for a connection that outlives this request, such as a WebSocket or an event stream.
    #[doc(alias("websocket", "sse"))]
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

/// The signed-in user, if they signed in within the last `SECONDS` ("confirm it's you").
///
/// Otherwise a person who opens a page signs in again and comes back. A script gets 401 with
/// `insufficient_user_authentication` (RFC 9470), and a form gets a page. A minute more is allowed, since clocks differ.
/// [`LoginBuilder::recent_sign_in_prefix`](crate::LoginBuilder::recent_sign_in_prefix) says what this proves.
///
/// ```
/// use fncy_login_actix::RecentSignIn;
///
/// async fn delete_project(user: RecentSignIn<300>) -> String {
///     format!("deleted by {}", user.id())
/// }
/// ```
#[doc(alias("sudo", "step-up", "re-authentication", "max_age"))]
#[derive(Clone, Debug)]
pub struct RecentSignIn<const SECONDS: u64>(SignedIn);

impl<const SECONDS: u64> Deref for RecentSignIn<SECONDS> {
    type Target = User;

    fn deref(&self) -> &User {
        self.0.user()
    }
}

/// The session's tokens. They are opened when a handler asks for them.
///
/// ```
/// use fncy_login_actix::Tokens;
///
/// async fn handler(tokens: Tokens) -> String {
///     let header = format!("Bearer {}", tokens.access_token());
///     // … send it to FNCY's resource server
/// #   drop(header);
///     "done".to_owned()
/// }
/// ```
#[doc(alias("bearer", "access token"))]
#[derive(Debug)]
pub struct Tokens(SessionTokens);

impl Deref for Tokens {
    type Target = SessionTokens;

    fn deref(&self) -> &SessionTokens {
        &self.0
    }
}

/// FNCY's API, for the user of this request. [`send`](#method.send) attaches the access token, refreshes it after a 401, and
/// sends the request once more.
///
/// The API's origin is named by [`LoginBuilder::api_origin`](crate::LoginBuilder::api_origin). Each error is a reply of the
/// login: a second 401 sends the person to sign in, and an outage is a 503.
///
/// ```
/// use fncy_login_actix::http_client::Request;
/// use fncy_login_actix::{AuthRejection, FncyApi};
///
/// async fn orders(api: FncyApi) -> Result<Vec<u8>, AuthRejection> {
///     let request = Request::get("https://api.fncy.com/v1/orders").body(Vec::new()).unwrap();
///     Ok(api.send(request).await?.into_body())
/// }
/// ```
///
/// The request and the answer are types of the crate `http` 1. actix-web has its own.
///
/// [`Tokens`] is enough for a client that needs no refresh. If the tokens of a
/// public path have expired, the answer is a 401 (`tokens_expired`). With `sign_in_only` the session has no tokens, and the
/// answer is a 500 (`tokens_discarded`).
#[doc(alias("bearer", "access token", "refresh", "http client"))]
#[derive(Clone, Debug)]
pub struct FncyApi(ApiHandle);

impl Deref for FncyApi {
    type Target = ApiHandle;

    fn deref(&self) -> &ApiHandle {
        &self.0
    }
}

/// The session: its data, and the ways to change or end it. A change leaves with the response of this request.
///
/// ```
/// use fncy_login_actix::Session;
///
/// async fn add(session: Session) -> Result<&'static str, actix_web::Error> {
///     let mut cart: Vec<u32> = session.data().ok().flatten().unwrap_or_default();
///     cart.push(7);
///     session.set_data(&cart).map_err(actix_web::error::ErrorConflict)?;
///     Ok("added")
/// }
/// # let _ = actix_web::web::post().to(add);
/// ```
///
/// A visitor without a session gets what [`CurrentUser`] gives. If a layer between the login and the handler moves the
/// request to another task, the request gets a 500, and the log says why.
#[doc(alias(
    "session data",
    "cart",
    "flash",
    "store",
    "insert",
    "logout",
    "sign out",
    "log out"
))]
#[derive(Clone, Debug)]
pub struct Session(SessionHandle);

impl Deref for Session {
    type Target = SessionHandle;

    fn deref(&self) -> &SessionHandle {
        &self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = || RequestHead::of(request);
        let user = context(request).and_then(|context| SignedIn::required(&context, head));
        ready(user.map(Self).map_err(AuthRejection))
    }
}

impl<const SECONDS: u64> FromRequest for RecentSignIn<SECONDS> {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = || RequestHead::of(request);
        let user = context(request).and_then(|context| SignedIn::recent(&context, SECONDS, head));
        ready(user.map(Self).map_err(AuthRejection))
    }
}

impl FromRequest for Tokens {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestHead::of(request);
        let tokens = context(request).and_then(|context| tokens(&context, &head));
        ready(tokens.map(Self).map_err(AuthRejection))
    }
}

impl FromRequest for Session {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestHead::of(request);
        let session = context(request).and_then(|context| SessionHandle::of(&context, &head));
        ready(session.map(Self).map_err(AuthRejection))
    }
}

impl FromRequest for FncyApi {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestHead::of(request);
        let api = context(request).and_then(|context| ApiHandle::of(&context, &head));
        ready(api.map(Self).map_err(AuthRejection))
    }
}
