//! Why a session is not believed.

/// Why a session's cookie is not believed.
///
/// ```
/// use fncy_login_core::SessionRefusal;
///
/// assert_eq!(SessionRefusal::Foreign.as_str(), "foreign");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionRefusal {
    /// Two different sessions came at once.
    Conflicting,
    /// It was changed, cut off, or moved from another place.
    Damaged,
    /// It was revoked, such as by a sign-out.
    Revoked,
    /// It is of another key or version: perhaps another instance's.
    Foreign,
    /// It was refreshed, and its browser has shown the newer cookie more than a minute ago.
    Outdated,
    /// Its time has passed, or has not come.
    Over,
}

impl SessionRefusal {
    /// A stable word for a log line or a label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conflicting => "conflicting",
            Self::Damaged => "damaged",
            Self::Revoked => "revoked",
            Self::Foreign => "foreign",
            Self::Outdated => "outdated",
            Self::Over => "over",
        }
    }
}
