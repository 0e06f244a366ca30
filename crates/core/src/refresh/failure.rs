//! The failures of a refresh.

use std::borrow::Cow;

use crate::provider::answer::{
    DEFAULT_RETRY_AFTER, Failure, ProviderAnswer, ProviderError, TOKEN_ENDPOINT,
};
use crate::values::error_code::ErrorCode;

/// The reason for which a session was not refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshFailure {
    /// The provider refused the refresh token: `invalid_grant`.
    Refused,
    /// No connection to the provider can be made.
    Unreachable,
    /// The provider does not answer, or is overloaded.
    Unavailable {
        /// When to ask again, in seconds.
        retry_after: u64,
    },
    /// The provider refuses without saying that the refresh token is the reason: it answers with another code, or with
    /// a status alone. Waiting does not help. A second such answer to the same token counts as
    /// [`RefreshFailure::Refused`].
    Declined,
    /// The provider's answer can't be read.
    Unreadable,
    /// The provider was not asked, since too many other refreshes were waiting.
    Crowded,
    /// The application's hook, or another instance with the same refresh, did not answer in time. The provider is not
    /// the reason.
    Undecided,
    /// The store can't be asked, so the provider was not asked either.
    StoreUnavailable,
    /// The provider refuses the client. The operator's settings are wrong.
    Misconfigured,
    /// The new access token belongs to another user.
    OtherUser,
    /// The application refused the user, or the session was revoked.
    NotWelcome,
}

/// A refresh without new tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRefreshed {
    /// The reason, by its meaning for the session.
    pub failure: RefreshFailure,
    /// The status of the provider's answer. `None` if there was no answer.
    pub status: Option<u16>,
    /// The provider's error code, or the word of the [`Failure`] to get an answer.
    pub cause: Option<Cow<'static, str>>,
    /// A clause for the operator, with the endpoint, the status and the cause. It has no secret.
    pub detail: Cow<'static, str>,
}

impl NotRefreshed {
    /// The error that an answer of the token endpoint means.
    pub(crate) fn of(error: ProviderError, answer: &ProviderAnswer) -> Self {
        Self {
            failure: RefreshFailure::of(&error),
            status: Some(answer.status),
            cause: answer.cause().map(Cow::from),
            detail: error.detail,
        }
    }

    /// A lost answer of the token endpoint.
    pub(crate) fn lost(lost: Failure) -> Self {
        let error = ProviderError::lost(TOKEN_ENDPOINT, lost);
        Self {
            failure: match lost {
                Failure::NoConnection => RefreshFailure::Unreachable,
                _ => RefreshFailure::of(&error),
            },
            status: None,
            cause: Some(lost.as_str().into()),
            detail: error.detail,
        }
    }
}

impl RefreshFailure {
    /// All failures.
    pub const ALL: [Self; 11] = [
        Self::Refused,
        Self::Unreachable,
        Self::Unavailable {
            retry_after: DEFAULT_RETRY_AFTER,
        },
        Self::Declined,
        Self::Unreadable,
        Self::Crowded,
        Self::Undecided,
        Self::StoreUnavailable,
        Self::Misconfigured,
        Self::OtherUser,
        Self::NotWelcome,
    ];

    /// Whether the session ends, even if its access token is still valid.
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
            Self::StoreUnavailable => "store_unavailable",
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
