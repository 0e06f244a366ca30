//! The mark of a response that the login wrote.

use fncy_login_core::{ErrorCode, Reference, Reply};

/// Marks a response that the login wrote in place of the application, and says what the request was refused for.
///
/// It is in the extensions of the response, for middleware outside the login, such as traces and metrics. A
/// response without it is the application's own.
///
/// ```
/// use fncy_login::{ErrorCode, LoginReply};
///
/// fn is_expired(reply: Option<&LoginReply>) -> bool {
///     reply.and_then(LoginReply::code) == Some(ErrorCode::LoginExpired)
/// }
/// # assert!(!is_expired(None));
/// ```
#[doc(alias("reason", "tracing", "refusal"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginReply {
    code: Option<ErrorCode>,
    reference: Option<Reference>,
}

impl LoginReply {
    /// Why the request or the sign-in was refused. `None` if it was not: a browser is sent to sign in, is signed in,
    /// is signed out, or asked for `/auth/session`.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        self.code
    }

    /// The reference that the body shows and the log line has, for your own lines about the request.
    #[must_use]
    pub fn reference(&self) -> Option<Reference> {
        self.reference
    }
}

impl From<&Reply> for LoginReply {
    fn from(reply: &Reply) -> Self {
        Self {
            code: reply.code,
            reference: reply.reference,
        }
    }
}
