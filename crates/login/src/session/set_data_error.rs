//! The reasons for which a session does not take data.

use std::fmt;

/// Why the session data were not changed. They are as they were before.
///
/// The manual's page on [session data](crate::manual::guides::session_data#change-the-data) gives a status to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetDataError {
    /// JSON can't express the value.
    NotJson,
    /// The session would not fit into its cookies. User, kept claims and data share a kilobyte.
    TooLarge,
    /// The response has been sent, or the request was cancelled.
    TooLate,
    /// The session has ended, such as by a sign-out in another tab.
    Ended,
    /// Another request has refreshed the session, and this one still has the old tokens. The next request has the new
    /// ones.
    Outdated,
}

impl fmt::Display for SetDataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "the value is not JSON; session data are what serde_json can write",
            Self::TooLarge => {
                "the session data are too large; keep a key in the session, and the rest in a database"
            }
            Self::TooLate => {
                "the response has been sent; change the session before the handler returns"
            }
            Self::Ended => "the session has ended",
            Self::Outdated => {
                "another request has refreshed the session meanwhile; send this request again"
            }
        })
    }
}

impl std::error::Error for SetDataError {}
