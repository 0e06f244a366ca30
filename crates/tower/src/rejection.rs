//! What extractors and guards refuse with.

use std::fmt;

use axum_core::response::{IntoResponse, Response};
use fncy_login::RejectionKind;
use fncy_login::adapter::Rejection;

use crate::convert::rejection;

/// A refusal by [`CurrentUser`](crate::CurrentUser), [`Tokens`](crate::Tokens) or [`Deny`](crate::Deny), or an error of
/// [`FncyApi`](crate::FncyApi).
///
/// As a response it is what the login answers itself: a page or a redirect for a person, problem+json (RFC 9457) for a
/// program. A sign-in begins when it becomes a response, and not before. An extractor or an error type of the
/// application's own can hold it:
///
/// ```
/// use axum::response::{IntoResponse, Response};
/// use fncy_login_tower::AuthRejection;
///
/// enum AppError {
///     Auth(AuthRejection),
///     NotFound,
/// }
///
/// impl From<AuthRejection> for AppError {
///     fn from(rejection: AuthRejection) -> Self {
///         Self::Auth(rejection)
///     }
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         match self {
///             Self::Auth(rejection) => rejection.into_response(),
///             Self::NotFound => http::StatusCode::NOT_FOUND.into_response(),
///         }
///     }
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

impl IntoResponse for AuthRejection {
    fn into_response(self) -> Response {
        rejection(&self.0).into_response()
    }
}
