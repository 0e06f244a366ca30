//! A sign-in that a handler starts.

use fncy_login::adapter::{Rejection, SignInStart};
use fncy_login::{SignInError, SignInOptions};
use poem::{FromRequest, IntoResponse, Request, RequestBody, Response, Result};

use crate::convert::{RequestHead, context, rejection};
use crate::extract::AuthRejection;

/// Starts a sign-in of the application's own: more scopes, a prompt, a hint.
#[derive(Clone, Debug)]
pub struct SignIn(SignInStart);

/// The response that begins a sign-in: a redirect for a page or a form, and the address for a script.
#[derive(Debug)]
#[must_use]
pub struct SignInResponse(Rejection);

impl SignIn {
    /// A sign-in with options. It begins when the result becomes a response.
    ///
    /// # Errors
    ///
    /// [`SignInError`], if an option can't be sent. As an [`AuthRejection`] it is a 500 with a line in the log.
    pub fn start(&self, options: SignInOptions) -> Result<SignInResponse, SignInError> {
        self.0.start(options).map(SignInResponse)
    }
}

impl<'a> FromRequest<'a> for SignIn {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let context = context(request).map_err(AuthRejection)?;
        Ok(Self(SignInStart::new(context, &RequestHead::of(request))))
    }
}

impl IntoResponse for SignInResponse {
    fn into_response(self) -> Response {
        rejection(&self.0)
    }
}

impl From<SignInError> for AuthRejection {
    fn from(error: SignInError) -> Self {
        Self(error.into())
    }
}
