//! How the session's first segment is protected.

use crate::seal::format::{OVERHEAD, OVERHEAD_SIGNED};

/// How the session's first segment is protected; the words are those of the `cookie` crate. Tokens
/// and logins under way are always encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Protection {
    /// AES-256-GCM: nobody else can read it. The default.
    #[default]
    Private,
    /// HMAC-SHA256 over a readable text, for applications that read the user elsewhere, such as in
    /// an edge worker.
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
