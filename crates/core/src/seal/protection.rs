//! The protection of a session's first segment.

use crate::seal::format::{OVERHEAD, OVERHEAD_SIGNED};

/// The protection of a session's first segment, which names the user.
///
/// The names are those of the `cookie` crate. Tokens and sign-ins under way are always encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// AES-256-GCM: only the application can read it. The default.
    #[default]
    Private,
    /// HMAC-SHA256 over a readable text, for applications that also read the user elsewhere, such as in an edge worker.
    Signed,
}

impl Protection {
    pub(crate) const fn overhead(self) -> usize {
        match self {
            Self::Private => OVERHEAD,
            Self::Signed => OVERHEAD_SIGNED,
        }
    }
}
