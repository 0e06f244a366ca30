//! Why a session was not refreshed.

use std::borrow::Cow;

use crate::provider::answer::{DEFAULT_RETRY_AFTER, ProviderError};
use crate::values::error_code::ErrorCode;

/// Why a session was not refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshFailure {
    /// The refresh token is not valid (any more): `invalid_grant`.
    Refused,
    /// No connection to the provider can be made.
    Unreachable,
    /// The provider gives no answer, or is overloaded.
    Unavailable {
        /// When to ask again, in seconds.
        retry_after: u64,
    },
    /// The provider refuses, and does not say that the refresh token is the reason: another code, or a
    /// status alone. Waiting mends nothing. The second such answer to a refresh token counts as
    /// [`RefreshFailure::Refused`].
    Declined,
    /// The provider's answer makes no sense.
    Unreadable,
    /// The provider was not asked: too many refreshes were before this one.
    Crowded,
    /// It says nothing of the provider: the application, or an instance that was at it, did not answer in
    /// time.
    Undecided,
    /// The provider refuses the client: an operator's mistake.
    Misconfigured,
    /// The new access token is another user's.
    OtherUser,
    /// The application doesn't want this user any more.
    NotWelcome,
}

/// Why an exchange gave no new tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRefreshed {
    /// What it says of the session.
    pub failure: RefreshFailure,
    /// A clause for the operator, with the provider's status and error code: no secret.
    pub detail: Cow<'static, str>,
}

impl RefreshFailure {
    /// Whether the session is over, whatever its access token is still good for.
    #[must_use]
    pub fn ends_session(self) -> bool {
        matches!(self, Self::OtherUser | Self::NotWelcome)
    }

    /// A stable word for a log line or a label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Unavailable { .. } => "unavailable",
            Self::Declined => "declined",
            Self::Unreadable => "unreadable",
            Self::Crowded => "crowded",
            Self::Undecided => "undecided",
            Self::Misconfigured => "misconfigured",
            Self::OtherUser => "other_user",
            Self::NotWelcome => "not_welcome",
        }
    }

    /// When to ask again, in seconds.
    #[must_use]
    pub fn retry_after(self) -> u64 {
        match self {
            Self::Unavailable { retry_after } => retry_after,
            _ => DEFAULT_RETRY_AFTER,
        }
    }

    pub(crate) fn of(error: &ProviderError) -> Self {
        match error.code {
            ErrorCode::LoginExpired => Self::Refused,
            ErrorCode::ClientRejected => Self::Misconfigured,
            ErrorCode::ProviderUnavailable => Self::Unavailable {
                retry_after: error.retry_after.unwrap_or(DEFAULT_RETRY_AFTER),
            },
            ErrorCode::ProviderRefused => Self::Declined,
            _ => Self::Unreadable,
        }
    }
}
