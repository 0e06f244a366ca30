//! A user who has signed in at this server.

/// A user, with the time of the sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedIn {
    pub(crate) user: String,
    /// In Unix seconds, like `auth_time` in OpenID Connect Core section 2.
    pub(crate) auth_time: u64,
}
