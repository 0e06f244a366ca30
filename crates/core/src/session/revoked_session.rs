//! A session that a request, the application or FNCY ends before its time.

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
    /// Revokes a session in all its generations.
    #[must_use]
    pub fn new(session: SessionRef, user_id: &str) -> Self {
        Self {
            session,
            user_id: user_id.into(),
            spares_newer: false,
        }
    }

    /// Spares the generations that are newer than the session's.
    ///
    /// The session may come from a copy of an old cookie. The owner of the newer one has not asked for this.
    #[must_use]
    pub fn sparing_newer(self) -> Self {
        Self {
            spares_newer: true,
            ..self
        }
    }

    /// What a request revokes that signs out with this session.
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

    /// The newest generation that is revoked: [`u32::MAX`] where all are.
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
