//! The request for a refresh: a refresh token to use once, and its session.

use std::fmt;

use crate::machine::machine::Machine;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::session::profile::Profile;
use crate::session::session_ref::SessionRef;
use crate::session::user::User;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// The time for which user data is not read again, in seconds.
const USER_DATA_LIFE: u64 = 5 * 60;

/// A refresh token to use once, and its session.
///
/// `Debug` shows only the user's id.
#[derive(Clone)]
pub struct RefreshRequest {
    /// The refresh token.
    pub refresh_token: Secret,
    /// The key of the refresh token: a keyed hash. There is one exchange for each key, even if many requests ask.
    pub key: [u8; 32],
    /// The session of the refresh token.
    pub session: SessionRef,
    /// The user of the session.
    pub profile: Profile,
    /// Whether the user data must be read again with the new access token.
    pub reads_user: bool,
    /// User data that was read before this time must be read again.
    pub read_since: Timestamp,
    /// Whether the access token has expired. Then the request fails without new tokens.
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
    /// The refresh of a user's session.
    pub(crate) fn new(
        machine: &Machine,
        user: &User,
        refresh_token: Secret,
        read_since: Timestamp,
        now: Timestamp,
    ) -> Self {
        let segment = user.segment();
        let profile = Profile::of(&segment);
        Self {
            key: machine.token_digest.get().of(&refresh_token),
            refresh_token,
            session: user.session(),
            reads_user: Self::is_user_due(&profile, read_since, now),
            read_since,
            profile,
            is_urgent: segment.token_expires <= now,
        }
    }

    /// The next refresh, after one whose access token has expired again.
    #[must_use]
    pub fn again(&self, refreshed: &RefreshedTokens, now: Timestamp) -> Option<Self> {
        let refresh_token = refreshed.tokens.refresh_token.clone()?;
        let is_own = refreshed.session_id == *self.session.id.as_bytes();
        let profile = if is_own {
            refreshed.profile.clone()
        } else {
            self.profile.clone()
        };
        Some(Self {
            key: refreshed.key,
            refresh_token,
            session: SessionRef {
                generation: refreshed.generation,
                ..self.session
            },
            reads_user: Self::is_user_due(&profile, self.read_since, now),
            read_since: self.read_since,
            profile,
            is_urgent: self.is_urgent,
        })
    }

    /// Whether the user data must be read again.
    pub(crate) fn is_user_due(profile: &Profile, read_since: Timestamp, now: Timestamp) -> bool {
        profile.user_read < read_since || now.seconds_since(profile.user_read) >= USER_DATA_LIFE
    }

    /// Whether the user had to be read again, and could not be.
    #[must_use]
    pub fn lacks_user(&self, refreshed: &RefreshedTokens) -> bool {
        refreshed.profile.user_read < self.read_since
    }
}
