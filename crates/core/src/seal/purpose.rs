//! The purposes of keys.

/// The purposes of the keys that seal with a random nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The session's first segment, which names the user.
    Session,
    /// The session's second segment, with the tokens.
    Tokens,
    /// What binds a session to a device key: offers, names of bindings, device cookies.
    Device,
    /// Results that the instances of an application share through their store.
    Shared,
}
