//! What a key is for.

/// What a key with a random nonce seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The session's first segment: who is signed in.
    Session,
    /// The session's second segment: its tokens.
    Tokens,
    /// What the instances of an application tell one another.
    Shared,
}
