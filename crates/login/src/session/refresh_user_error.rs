//! The reasons for which the user was not read again.

use std::fmt;

use fncy_login_core::Unread;

use crate::session::set_data_error::SetDataError;

/// Why the user was not read again.
///
/// After [`RefreshUserError::OtherUser`] and [`RefreshUserError::Refused`] the session is over. After each other error it
/// is as it was before.
///
/// In axum, answer with it by `.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?`, in actix-web by
/// `.map_err(actix_web::error::ErrorServiceUnavailable)?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefreshUserError {
    /// The session has no tokens: the application discards them (`sign_in_only`), or its cookie is damaged.
    NoTokens,
    /// FNCY refuses the access token, or it has expired on a public path.
    TokenRefused,
    /// FNCY does not answer, or is overloaded.
    Unavailable,
    /// FNCY's answer has no user that can be read.
    Unreadable,
    /// `on_refresh` could not decide, panicked, or took too long.
    Undecided,
    /// The user data are another user's. The session has ended.
    OtherUser,
    /// `on_refresh` refused the user. The session has ended.
    Refused,
    /// The session does not take the new user data.
    NotKept(SetDataError),
}

impl From<Unread> for RefreshUserError {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NoTokens => Self::NoTokens,
            Unread::TokenRefused => Self::TokenRefused,
            Unread::Unavailable => Self::Unavailable,
            Unread::Unreadable => Self::Unreadable,
        }
    }
}

impl From<SetDataError> for RefreshUserError {
    fn from(error: SetDataError) -> Self {
        Self::NotKept(error)
    }
}

impl fmt::Display for RefreshUserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTokens => "the session has no tokens to read the user with",
            Self::TokenRefused => "the access token has expired, or FNCY refuses it",
            Self::Unavailable => "FNCY does not answer; the user is as before",
            Self::Unreadable => "FNCY's user data can't be read; the user is as before",
            Self::Undecided => "on_refresh could not decide; the user is as before",
            Self::OtherUser => "FNCY's user data are another user's; the session has ended",
            Self::Refused => "on_refresh refused the user; the session has ended",
            Self::NotKept(error) => return error.fmt(f),
        })
    }
}

impl std::error::Error for RefreshUserError {}
