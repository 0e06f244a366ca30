//! What is known of a session: by one instance, and by the store.

use crate::values::timestamp::Timestamp;

/// The status of a session, as one instance knows it without asking the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// It was not revoked. The instance learned that at most five seconds ago.
    Live,
    /// It was not revoked. If its user data was read before this time, the user must be read again.
    ReadUser(Timestamp),
    /// It was revoked.
    Revoked,
    /// It was revoked with all sessions of its user, unless it began after that. The store must be asked. Until it has
    /// answered, no response brings a cookie of the session: it could replace that of a newer one.
    RevokedUnlessNew,
    /// This instance doesn't know, so the store must be asked.
    Ask,
}

/// The store's answer about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreAnswer {
    /// It was not revoked, and no newer generation was shown more than a minute ago.
    Live,
    /// The same, but if its user data was read before this time, the user must be read again.
    ReadUser(Timestamp),
    /// It was revoked.
    Revoked,
    /// Its unbound copies were revoked, since it is bound to a device key. No newer generation was shown more than a minute
    /// ago. If its user data was read before this time, the user must be read again.
    BoundSince(Option<Timestamp>),
    /// A newer generation was shown more than a minute ago.
    Outdated,
    /// The store can't be asked.
    Unknown,
}
