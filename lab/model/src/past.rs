//! What has happened on the way to a state, for the properties.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Past {
    /// Whether the log had the session's entry. The promise counts from then on.
    pub(crate) was_told: bool,
    /// The rounds of readings since then: in each, all instances read the log.
    pub(crate) rounds: u8,
    pub(crate) exceptions: Exceptions,
    /// The property that a step has broken.
    pub(crate) wrong: Option<&'static str>,
}

/// A set of exceptions, which `docs/scale.md` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exceptions(u8);

impl Exceptions {
    /// An instance was killed between sending a refresh token and leaving the outcome.
    pub const KILLED: Self = Self(1);
    /// An instance was suspended in that time, until its lease was over.
    pub const PAUSED: Self = Self(1 << 1);
    /// A new master lacked a lease, an outcome or a shown generation.
    pub const LOST_DATA: Self = Self(1 << 2);
    /// The provider's answer was lost.
    pub const LOST_ANSWER: Self = Self(1 << 3);
    /// An outcome could not be written before its lease was over.
    pub const UNWRITTEN: Self = Self(1 << 4);
    /// Each instance that knew a revocation was killed or suspended before the new master knew it.
    pub const FORGOTTEN: Self = Self(1 << 5);
    /// An instance was killed, or could not reach the store, before a token was revoked at the provider.
    pub const UNREVOKED: Self = Self(1 << 6);

    /// What excuses the second use of a refresh token, and a person who must sign in again.
    pub(crate) const LOSES_TOKENS: Self = Self(0b1_1111);

    pub(crate) const fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether one of these has happened.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether none has happened.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}
