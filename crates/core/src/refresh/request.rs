//! A refresh token that is used once, and what must be known to use its answer.

use std::fmt;

use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::session::profile::Profile;
use crate::session::session_ref::SessionRef;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// User data is read again with a refresh, but not more often than this: seconds.
const USER_DATA_LIFE: u64 = 5 * 60;

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

impl fmt::Debug for RefreshRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshRequest")
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl RefreshRequest {
    /// The refresh after a refreshed whose own access token has expired again.
    #[must_use]
    pub fn again(self, refreshed: &RefreshedTokens, now: Timestamp) -> Option<Self> {
        let refresh_token = refreshed.tokens.refresh_token.clone()?;
        let is_own = refreshed.session_id == *self.session.id.as_bytes();
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
