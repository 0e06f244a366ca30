//! Extractors for axum: the signed-in user, and their tokens.

use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use fncy_login::{AuthContext, LiveSession, SessionTokens, SignedIn, User};
use http::StatusCode;
use http::request::Parts;

use crate::convert::{RequestHead, response};

/// The signed-in user.
///
/// On a protected path there always is one. On a public path a visitor without a session is sent
/// to sign in, or told so with a 401; take an `Option<CurrentUser>` to serve them too.
///
/// Without [`FncyLogin`](crate::FncyLogin) round the route it is a 500, and the log names the line
/// to add.
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
/// use fncy_login_tower::Tokens;
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

impl<S: Sync> FromRequestParts<S> for CurrentUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let context = context(parts).ok_or_else(missing_layer)?;
        let challenge = || response(context.challenge(&head(parts))).into_response();
        context.signed_in().map(Self).ok_or_else(challenge)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for CurrentUser {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Response> {
        let context = context(parts).ok_or_else(missing_layer)?;
        Ok(context.signed_in().map(Self))
    }
}

impl<S: Sync> FromRequestParts<S> for Tokens {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let context = context(parts).ok_or_else(missing_layer)?;
        let tokens = context.tokens(&head(parts));
        tokens
            .map(Self)
            .map_err(|reply| response(reply).into_response())
    }
}

pub(crate) fn context(parts: &Parts) -> Option<&AuthContext> {
    parts.extensions.get()
}

pub(crate) fn missing_layer() -> Response {
    tracing::error!(
        "a handler or middleware asks for the user, but FncyLogin is not round it: put \
         `.layer(FncyLogin::new(login))` or `FncyLogin::wrap` behind all routes and layers that do"
    );
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

pub(crate) fn head(parts: &Parts) -> RequestHead<'_> {
    RequestHead::new(&parts.method, &parts.uri, &parts.headers, &parts.extensions)
}
