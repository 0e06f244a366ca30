//! A session that a request, the application or FNCY revokes before its time.

use crate::session::session_ref::SessionRef;
use crate::session::user::User;
use crate::values::timestamp::Timestamp;

/// A session that is revoked before its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSession {
    session: SessionRef,
    user_id: Box<str>,
    up_to: u32,
}

impl RevokedSession {
    /// The rank up to which all copies of a session are revoked.
    pub const ALL: u32 = u32::MAX;
    /// The rank up to which all copies that are bound to no device key are revoked.
    pub const UNBOUND: u32 = u32::MAX >> 1;

    /// Revokes all copies of a session.
    #[must_use]
    pub fn new(session: SessionRef, user_id: &str) -> Self {
        Self {
            session,
            user_id: user_id.into(),
            up_to: Self::ALL,
        }
    }

    /// Revokes no copy of a higher rank than the session's.
    ///
    /// The session may come from a copy of an old cookie. The owner of the newer one has not asked for this.
    #[must_use]
    pub fn sparing_newer(self) -> Self {
        let up_to = self.session.rank();
        Self { up_to, ..self }
    }

    /// Revokes no copy that is bound to a device key.
    #[must_use]
    pub fn sparing_bound(self) -> Self {
        let up_to = Self::UNBOUND;
        Self { up_to, ..self }
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

    /// The highest [rank](SessionRef::rank) that is revoked. [`RevokedSession::ALL`] stands for all copies.
    #[must_use]
    pub const fn up_to(&self) -> u32 {
        self.up_to
    }

    /// Whether all copies are revoked, those that are newer and bound too.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.up_to == Self::ALL
    }

    /// Whether this copy of the session is revoked.
    #[must_use]
    pub const fn reaches(&self, copy: &SessionRef) -> bool {
        copy.rank() <= self.up_to
    }
}
