//! A session that a request, the application or FNCY revokes before its time.

use crate::session::session_ref::SessionRef;
use crate::session::user::User;
use crate::values::timestamp::Timestamp;

/// A session that is revoked before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSession {
    session: SessionRef,
    user_id: Box<str>,
    pub(crate) spares_newer: bool,
}

impl RevokedSession {
    /// Revokes all generations of a session.
    #[must_use]
    pub fn new(session: SessionRef, user_id: &str) -> Self {
        Self {
            session,
            user_id: user_id.into(),
            spares_newer: false,
        }
    }

    /// Revokes no generation that is newer than the session's.
    ///
    /// The session may come from an old copy of a cookie. The owner of the newer cookie has not asked for the end.
    ///
    /// The session may come from a copy of an old cookie. The owner of the newer one has not asked for this.
    #[must_use]
    pub fn sparing_newer(self) -> Self {
        Self {
            spares_newer: true,
            ..self
        }
    }

    /// The session that a request revokes by signing out with it.
    pub(crate) fn asked_by(user: &User, now: Timestamp) -> Self {
        let revoked = Self::new(user.session(), user.id());
        if user.terms().is_past_grace(now) {
            revoked.sparing_newer()
        } else {
            revoked
        }
    }

    /// The session.
    #[must_use]
    pub const fn session(&self) -> &SessionRef {
        &self.session
    }

    /// The id of the session's user.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    /// The newest generation that is revoked. [`u32::MAX`] stands for all generations.
    #[must_use]
    pub const fn up_to(&self) -> u32 {
        if self.spares_newer {
            self.session.generation
        } else {
            u32::MAX
        }
    }

    /// Whether this generation of the session is revoked.
    #[must_use]
    pub const fn reaches(&self, generation: u32) -> bool {
        generation <= self.up_to()
    }
}
