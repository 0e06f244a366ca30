//! What extractors and guards refuse with, as an error of actix-web.
//!
//! Rule: an error answers each time that it is asked, and begins a sign-in no sooner: an `Option` of an extractor never
//! asks.

use std::fmt;

use actix_web::HttpResponse;
use actix_web::error::ResponseError;
use actix_web::http::StatusCode;
use fncy_login::RejectionKind;
use fncy_login::adapter::Rejection;

use crate::convert::rejection;

/// A refusal by [`CurrentUser`](crate::CurrentUser), [`Tokens`](crate::Tokens), [`Deny`](crate::Deny) or a guard, or an
/// error of [`FncyApi`](crate::FncyApi).
///
/// As a response it is what the login answers itself: a page or a redirect for a person, problem+json (RFC 9457) for a
/// program. Middleware outside can know it by [`actix_web::Error::as_error`].
///
/// ```
/// use actix_web::Error;
/// use fncy_login_actix::{AuthRejection, RejectionKind};
///
/// fn is_signed_out(error: &Error) -> bool {
///     error.as_error::<AuthRejection>().is_some_and(|error| error.kind() == RejectionKind::SignedOut)
/// }
/// ```
#[derive(Debug)]
pub struct AuthRejection(pub(crate) Rejection);

impl AuthRejection {
    /// Why the request was refused.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        self.0.kind()
    }
}

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
    fn status_code(&self) -> StatusCode {
        self.error_response().status()
    }

    fn error_response(&self) -> HttpResponse {
        rejection(&self.0)
    }
}
