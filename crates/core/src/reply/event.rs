//! What happened, for whoever counts.
//!
//! Rule: an event is a kind, with a reason of ours; never who it was, nor an address.

use crate::values::code::ErrorCode;

/// Something that happened to a login, a session or a request, as
/// [`Reply::events`](crate::Reply::events) lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A request was answered here in place of the application.
    RequestRefused(ErrorCode),
    /// The address that a sign-in is to end at was too long, and lost its query, or all of it.
    ReturnAddressCut,
    /// A session's cookie was shown, and not believed.
    SessionRefused(SessionRefusal),
    /// A sign-in ended on a page that says why.
    SignInFailed(ErrorCode),
    /// A sign-in ended in a session.
    SignInFinished,
    /// A browser was sent to the authorization server.
    SignInStarted,
    /// A session was ended by its user.
    SignedOut,
}

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
    /// It was signed out.
    Ended,
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
            Self::Ended => "ended",
            Self::Foreign => "foreign",
            Self::Outdated => "outdated",
            Self::Over => "over",
        }
    }
}
