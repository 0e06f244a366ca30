//! The answer of the list to a question about a session.

use fncy_login::Timestamp;

/// What the list has about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    Absent,
    /// User data that was read before this must be read again.
    ReadUser(Timestamp),
    /// All sessions of its user are revoked, but for those that began since.
    RevokedUnlessBegan,
    Revoked,
}
