//! Extractors for actix-web: the signed-in user, and their tokens.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};
use fncy_login::{AuthContext, LiveSession, SessionTokens, SignedIn, User};

use crate::convert::RequestHead;
use crate::rejection::Rejection;

/// The signed-in user.
///
/// On a protected path there always is one. On a public path a visitor without a session is sent
/// to sign in, or told so with a 401; take an `Option<CurrentUser>` to serve them too.
///
/// Without [`FncyLogin`](crate::FncyLogin) round the route it is a 500, and the log names the line
/// to add; actix-web's `Option` swallows the error, so that `Option<CurrentUser>` is `None` then.
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
#[derive(Debug)]
pub struct Tokens(SessionTokens);

impl Deref for Tokens {
    type Target = SessionTokens;

    fn deref(&self) -> &SessionTokens {
        &self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(context(request).and_then(|context| {
            let no_user = || Rejection::NoUser(context.clone(), request.clone()).into();
            context.signed_in().map(Self).ok_or_else(no_user)
        }))
    }
}

impl FromRequest for Tokens {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(context(request).and_then(|context| {
            let tokens = context.tokens(&RequestHead::of(request)).map(Self);
            tokens.map_err(|reply| Rejection::Told("no tokens", Box::new(reply)).into())
        }))
    }
}

/// The mark of the login in a request.
pub(crate) fn context(request: &HttpRequest) -> Result<AuthContext, actix_web::Error> {
    request.extensions().get().cloned().ok_or_else(|| {
        tracing::error!(
            "a handler or middleware asks for the user, but FncyLogin is not round it: put \
             `.wrap(FncyLogin::new(login))` behind all that do, on the App or scope"
        );
        Rejection::NoLayer.into()
    })
}
