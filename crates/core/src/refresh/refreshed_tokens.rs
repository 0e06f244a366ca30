//! The refresh of a session's tokens (RFC 6749, section 6), apart from any request: many requests
//! may wait for the same one.
//!
//! Rules: what is shared between requests is the provider's answer, never a cookie; an answer
//! without a refresh token leaves the old one in use; failures split three ways, by what they say
//! of the session: it is over (the token is refused, at the latest the second time), it can wait, or
//! the operator must act.

use std::borrow::Cow;
use std::fmt;

use crate::core::Core;
use crate::provider::answer::{
    Answer, DEFAULT_RETRY_AFTER, Failure, ProviderAnswer, ProviderError, TOKEN_ENDPOINT,
    USER_DATA_ENDPOINT,
};
use crate::provider::token_answer::TokenSet;
use crate::provider::user_data::UserData;
use crate::reply::outcome::Report;
use crate::session::profile::Profile;
use crate::session::tokens::SessionTokens;
use crate::session::user::SessionRef;
use crate::step::Revoke;
use crate::values::code::ErrorCode;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// A refresh token to be used once, and what must be known to use its answer.
///
/// `Debug` shows whose it is.
#[derive(Clone)]
pub struct RefreshRequest {
    /// The refresh token.
    pub refresh_token: Secret,
    /// A keyed hash of it: one exchange for each key, however many requests ask.
    pub key: [u8; 32],
    /// The session that it belongs to.
    pub session: SessionRef,
    /// What the session says of its user.
    pub profile: Profile,
    /// Whether the user data is to be read again with the new access token.
    pub reads_user: bool,
    /// Whether the access token has expired: without an answer the request fails.
    pub is_urgent: bool,
}

/// What a refresh token was exchanged for. Requests that still show the old one get this.
///
/// `Debug` shows whose it is.
pub struct RefreshedTokens {
    pub(crate) tokens: SessionTokens,
    pub(crate) key: [u8; 32],
    pub(crate) expires_at: Timestamp,
    pub(crate) life: u64,
    /// One more than the session's that was refreshed.
    pub(crate) generation: u32,
    /// The session that it was obtained for. Another one may have the same refresh token, where a
    /// provider gives a user the same one each time.
    pub(crate) session_id: [u8; 16],
    /// What that session says of its user from now on: all of it, since the cookie of the generation
    /// in between may be lost.
    pub(crate) profile: Profile,
    /// Whether the application's word on it, where it has one, is still to come.
    pub(crate) awaits_approval: bool,
}

impl fmt::Debug for RefreshRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshRequest")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RefreshedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshedTokens")
            .field("profile", &self.profile)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl RefreshedTokens {
    /// A keyed hash of its own refresh token, which is the old one's where the provider doesn't
    /// rotate.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.key
    }

    /// The tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
        &self.tokens
    }

    /// The access token, for reading the user data again.
    #[must_use]
    pub fn access_token(&self) -> Secret {
        self.tokens.access_token.clone()
    }

    /// Whether the application has still to say its word on it.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        self.awaits_approval
    }

    /// The application has: with data that replace what it added before, if it gives any.
    pub fn approve(&mut self, data: Option<String>) {
        if let Some(data) = data {
            self.profile.data = data;
        }
        self.awaits_approval = false;
    }

    /// Whether its access token can still be used.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }

    /// Whether its access token had expired when it came, so that asking again at once is no use.
    #[must_use]
    pub fn was_stillborn(&self) -> bool {
        self.life == 0
    }

    /// The generation that a session has once it is refreshed with this.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }
}

/// Why a session was not refreshed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
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

/// User data is read again with a refresh, but not more often than this: seconds.
const USER_DATA_LIFE: u64 = 5 * 60;

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

    fn of(error: &ProviderError) -> Self {
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

impl Core {
    /// What the token endpoint's answer to a refresh means, and what was unusual about it.
    ///
    /// # Errors
    ///
    /// [`NotRefreshed`], by what the answer says of the session.
    pub fn judge_refresh(
        &self,
        refresh: &RefreshRequest,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<(RefreshedTokens, Vec<Report>), NotRefreshed> {
        let set = whole(TOKEN_ENDPOINT, answer)
            .and_then(|answer| TokenSet::parse(answer, &self.0.provider.dialect, now))
            .map_err(|error| NotRefreshed {
                failure: match answer {
                    Answer::Failed(Failure::NoConnection) => RefreshFailure::Unreachable,
                    _ => RefreshFailure::of(&error),
                },
                detail: error.detail,
            })?;
        let refresh_token = set.tokens.refresh_token;
        let refresh_token = refresh_token.unwrap_or_else(|| refresh.refresh_token.clone());
        let refreshed = RefreshedTokens {
            key: self.token_digest(&refresh_token),
            tokens: SessionTokens {
                access_token: set.tokens.access_token,
                refresh_token: Some(refresh_token),
            },
            expires_at: set.expires_at,
            life: set.life,
            generation: refresh.session.generation.saturating_add(1),
            session_id: refresh.session.id,
            profile: Profile {
                scopes: set.scopes.unwrap_or_else(|| refresh.profile.scopes.clone()),
                ..refresh.profile.clone()
            },
            awaits_approval: self.0.asks_on_refresh,
        };
        Ok((refreshed, set.reports))
    }

    /// Adds the user data that was read again, and gives it back; what can't be read changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`RefreshFailure::OtherUser`] for another user's.
    pub fn judge_user_again(
        &self,
        refresh: &RefreshRequest,
        refreshed: &mut RefreshedTokens,
        answer: &Answer,
        now: Timestamp,
    ) -> Result<Option<String>, RefreshFailure> {
        let provider = &self.0.provider;
        let Ok(answer) = whole(USER_DATA_ENDPOINT, answer) else {
            return Ok(None);
        };
        match UserData::parse(answer, &provider.pointers, &provider.keep_claims) {
            Ok(user) if user.id != refresh.profile.user_id => Err(RefreshFailure::OtherUser),
            Ok(user) => {
                refreshed.profile.read(user, now);
                Ok(Some(answer.text()))
            }
            Err(_) => Ok(None),
        }
    }

    /// What ends the tokens of a refreshed at the provider, if anything does.
    #[must_use]
    pub fn revocation(&self, refreshed: &RefreshedTokens) -> Option<Revoke> {
        self.revocation_of(refreshed.tokens.clone())
    }

    /// What ends tokens at the provider, where it has a revocation endpoint.
    pub(crate) fn revocation_of(&self, tokens: SessionTokens) -> Option<Revoke> {
        self.0.provider.revocation.then(|| tokens.into_revocation())
    }
}

impl RefreshRequest {
    /// The refresh after a refreshed whose own access token has expired again.
    #[must_use]
    pub fn again(self, refreshed: &RefreshedTokens, now: Timestamp) -> Option<Self> {
        let refresh_token = refreshed.tokens.refresh_token.clone()?;
        let is_own = refreshed.session_id == self.session.id;
        let profile = if is_own {
            refreshed.profile.clone()
        } else {
            self.profile
        };
        Some(Self {
            key: refreshed.key,
            refresh_token,
            session: SessionRef {
                generation: refreshed.generation,
                ..self.session
            },
            reads_user: Self::is_user_due(&profile, now),
            profile,
            ..self
        })
    }

    /// Whether the user data is due to be read again.
    pub(crate) fn is_user_due(profile: &Profile, now: Timestamp) -> bool {
        now.seconds_since(profile.user_read) >= USER_DATA_LIFE
    }
}

pub(crate) fn whole<'a>(
    asked: &str,
    answer: &'a Answer,
) -> Result<&'a ProviderAnswer, ProviderError> {
    match answer {
        Answer::Response(answer) => Ok(answer),
        Answer::Failed(failure) => Err(ProviderError::lost(asked, *failure)),
        _ => Err(ProviderError::lost(asked, Failure::Transport)),
    }
}
