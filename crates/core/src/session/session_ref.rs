//! A session as a store knows it: id, generation and times.

use std::fmt;

use crate::values::timestamp::Timestamp;

/// The id of a session: 128 random bits that never change.
///
/// An id is no secret: cookies are sealed, so an id alone gives no access. `Debug` shows its first four bytes.
///
/// ```
/// use fncy_login_core::SessionId;
///
/// let id = SessionId::from_bytes([7; 16]);
/// assert_eq!(format!("{id:?}"), "SessionId(07070707…)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// Makes an id from the bytes that [`SessionId::as_bytes`] gives.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first 64 bits of the id, which are as random as the others. A table or a filter may go by them.
    #[must_use]
    pub const fn bits(&self) -> u64 {
        u128::from_le_bytes(self.0) as u64
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "SessionId({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

/// The lowest rank of a bound session.
const BOUND: u32 = 1 << 31;

/// A session as a store knows it, without its user and its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRef {
    pub(crate) id: SessionId,
    pub(crate) generation: u32,
    pub(crate) issued: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) is_bound: bool,
}

impl SessionRef {
    /// Makes a session. The tests of a store use this. All other sessions come from the driver.
    #[must_use]
    pub const fn new(id: SessionId, generation: u32, issued: Timestamp, ends: Timestamp) -> Self {
        Self {
            id,
            generation,
            issued,
            ends,
            is_bound: false,
        }
    }

    /// The same session, bound to a device key.
    #[must_use]
    pub const fn bound(self) -> Self {
        Self {
            is_bound: true,
            ..self
        }
    }

    /// The same session, bound to no device key.
    #[must_use]
    pub const fn unbound(self) -> Self {
        Self {
            is_bound: false,
            ..self
        }
    }

    /// The newest generation that the session can have.
    #[must_use]
    pub const fn newest(self) -> Self {
        Self {
            generation: u32::MAX,
            ..self
        }
    }

    /// Whether the session is bound to a device key.
    #[must_use]
    pub const fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// The rank of this copy among all copies of the session: its generation, and above all generations of unbound copies
    /// if it is bound. A revocation reaches all copies up to a rank ([`RevokedSession::up_to`](crate::RevokedSession::up_to)).
    /// A store keeps that rank, and revokes each copy whose own is no higher.
    #[must_use]
    pub const fn rank(&self) -> u32 {
        let generation = self.generation & !BOUND;
        if self.is_bound {
            BOUND | generation
        } else {
            generation
        }
    }

    /// The id of the session.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// The number of refreshes of its tokens.
    #[must_use]
    pub const fn generation(&self) -> u32 {
        self.generation
    }

    /// A number for a filter in front of a revocation list. Bound copies have another one than the rest, so the entry that
    /// revokes the unbound copies of a session costs the bound ones nothing. An entry that reaches bound copies must be in the
    /// filter under both numbers.
    #[must_use]
    pub const fn bits(&self) -> u64 {
        if self.is_bound {
            !self.id.bits()
        } else {
            self.id.bits()
        }
    }

    /// The time of the sign-in.
    #[must_use]
    pub const fn issued(&self) -> Timestamp {
        self.issued
    }

    /// The latest time at which the session ends.
    #[must_use]
    pub const fn ends(&self) -> Timestamp {
        self.ends
    }
}
