//! The reasons for which a session is not believed.

/// The reason for which a session's cookie is not believed.
///
/// ```
/// use fncy_login_core::SessionRefusal;
///
/// assert_eq!(SessionRefusal::Foreign.as_str(), "foreign");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionRefusal {
    /// The request has two different sessions.
    Conflicting,
    /// The cookie was changed, cut off, or moved from another place.
    Damaged,
    /// The session begins in the future. The clock of this instance is slow, or that of another is fast.
    Early,
    /// The session was revoked, such as by a sign-out.
    Revoked,
    /// The cookie has another key or version. It may be another instance's.
    Foreign,
    /// The cookie is from before a refresh, and the browser showed the newer one more than a minute ago.
    Outdated,
    /// The session's time has passed, or its times are impossible.
    Over,
    /// The session is bound to a device key, and the request has no device cookie of that key.
    Unproven,
}

impl SessionRefusal {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Conflicting,
        Self::Damaged,
        Self::Early,
        Self::Revoked,
        Self::Foreign,
        Self::Outdated,
        Self::Over,
        Self::Unproven,
    ];

    /// Whether another instance may accept the session.
    pub(crate) fn is_elsewhere(self) -> bool {
        matches!(self, Self::Early | Self::Foreign)
    }

    /// Whether the cookie stays: another instance may accept it, or it may be the browser's own beside a newer one or a
    /// device cookie that is still to come.
    pub(crate) fn keeps_cookie(self) -> bool {
        self.is_elsewhere() || matches!(self, Self::Outdated | Self::Unproven)
    }

    /// A stable word for a log line or a label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conflicting => "conflicting",
            Self::Damaged => "damaged",
            Self::Early => "early",
            Self::Revoked => "revoked",
            Self::Foreign => "foreign",
            Self::Outdated => "outdated",
            Self::Over => "over",
            Self::Unproven => "unproven",
        }
    }
}
