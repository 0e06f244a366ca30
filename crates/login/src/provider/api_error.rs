//! The reasons for which a handler gets no answer from FNCY's API.

use std::fmt;

use fncy_login_core::Failure;

/// The wait after a call that got no answer, in seconds.
const RETRY_AFTER: u64 = 1;

/// Why a call of FNCY's API has no usable answer, or a refresh brings no tokens.
///
/// Each reason has a reply of the login. The three mistakes of the application are an empty 500, and the log says what to
/// write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiError {
    /// The address is below no origin of [`LoginBuilder::api_origin`](crate::LoginBuilder::api_origin). Nothing was sent.
    /// An empty 500.
    OtherOrigin,
    /// The request has a header that the client writes itself, such as `Authorization`. Nothing was sent. An empty 500.
    ReservedHeader,
    /// The response has been sent, or the request was cancelled, so that no cookie can bring new tokens. An empty 500.
    ResponseSent,
    /// FNCY gave no refresh token with the access token. The user is asked to sign in.
    NotRefreshable,
    /// FNCY's API refuses the new access token too, or FNCY refuses the refresh token. The user is asked to sign in.
    Refused,
    /// The session has ended, such as by a sign-out in another tab. The user is asked to sign in.
    SessionEnded,
    /// FNCY does not answer in time, or is overloaded. A 503 with `Retry-After`.
    Unavailable {
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// [`on_refresh`](crate::LoginBuilder::on_refresh) could not decide, or another instance did not finish the refresh in
    /// time. A 503 with `Retry-After`.
    Undecided,
    /// The store can't be asked for newer tokens, so no refresh begins. A 503 with `Retry-After`.
    StoreUnavailable,
    /// The answer is longer than [`LoginBuilder::api_answer_limit`](crate::LoginBuilder::api_answer_limit). A 502.
    AnswerTooLarge,
    /// The new tokens do not fit into the session's cookies. A 500.
    SessionTooLarge,
}

impl ApiError {
    /// FNCY does not answer.
    pub(crate) const NO_ANSWER: Self = Self::Unavailable {
        retry_after: RETRY_AFTER,
    };

    /// A clause for the operator.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::OtherOrigin => {
                "a handler calls an address below no origin of `api_origin`; name its origin in the builder"
            }
            Self::ReservedHeader => {
                "a handler's call has a header that the client writes itself; remove Authorization, Cookie, Host and the headers of the connection"
            }
            Self::ResponseSent => {
                "the response has been sent; refresh tokens before the handler returns"
            }
            Self::NotRefreshable => "the session has no refresh token",
            Self::Refused => "FNCY refuses the session's tokens",
            Self::SessionEnded => "the session has ended",
            Self::Unavailable { .. } => "FNCY's API or token endpoint does not answer a handler",
            Self::Undecided => "on_refresh could not decide, or another instance did not finish",
            Self::StoreUnavailable => "the store can't be asked for a handler's refresh",
            Self::AnswerTooLarge => "FNCY's API answers with more bytes than `api_answer_limit`",
            Self::SessionTooLarge => "the new tokens do not fit into the session's cookies",
        }
    }
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooLarge => Self::AnswerTooLarge,
            _ => Self::NO_ANSWER,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.detail())
    }
}

impl std::error::Error for ApiError {}
