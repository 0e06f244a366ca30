//! A sign-in that a handler starts.

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use fncy_login::adapter::{Rejection, SignInStart};
use fncy_login::{SignInError, SignInOptions};

use crate::convert::{RequestHead, context, rejection};
use crate::rejection::AuthRejection;

/// Starts a sign-in of the application's own, for the user of this request or a visitor: more scopes, a prompt, a hint.
///
/// A link needs no handler: see [`LoginBuilder::intent`](crate::LoginBuilder::intent).
///
/// ```
/// use fncy_login_actix::{AuthRejection, SignIn, SignInOptions, SignInResponse};
///
/// async fn connect_calendar(sign_in: SignIn) -> Result<SignInResponse, AuthRejection> {
///     let options = SignInOptions::new().scope("calendar.read").return_to("/calendar");
///     Ok(sign_in.start(options)?)
/// }
/// ```
///
/// Without [`FncyLogin`](crate::FncyLogin) around the route, the request gets a 500, and the log says what to add.
#[doc(alias("prompt", "login_hint", "incremental authorization", "login", "log in"))]
#[derive(Clone, Debug)]
pub struct SignIn(SignInStart);

/// The response that begins a sign-in: a redirect for a page or a form, and the address for a script.
///
/// - A person who opens a page or sends a form is redirected to FNCY (303).
/// - htmx gets `HX-Redirect`, and Inertia a 409 with `X-Inertia-Location`.
/// - Another script gets 401 with the address as `login_url` (RFC 9457).
#[derive(Debug)]
#[must_use]
pub struct SignInResponse(Rejection);

impl SignIn {
    /// A sign-in with options. It begins when the result becomes a response.
    ///
    /// Without [`SignInOptions::return_to`], the sign-in ends at this page, or at the page of the form or script.
    ///
    /// More scopes for a signed-in user need a click on a page of your own origin. Every other request gets a 403 page, whose
    /// button "Allow access" opens this page again.
    ///
    /// # Errors
    ///
    /// [`SignInError`], if an option can't be sent. As an [`AuthRejection`] it is a 500 with a line in the log.
    pub fn start(&self, options: SignInOptions) -> Result<SignInResponse, SignInError> {
        self.0.start(options).map(SignInResponse)
    }
}

impl FromRequest for SignIn {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestHead::of(request);
        let start = context(request).map(|context| SignInStart::new(&context, &head));
        ready(start.map(Self).map_err(AuthRejection))
    }
}

impl Responder for SignInResponse {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        rejection(&self.0)
    }
}

impl From<SignInError> for AuthRejection {
    fn from(error: SignInError) -> Self {
        Self(error.into())
    }
}
