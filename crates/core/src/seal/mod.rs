//! Sealing: what turns bytes into cookie text that only a holder of the secret can make or read.
//!
//! Rules that this module keeps:
//! - One key per purpose, derived by HKDF-SHA256 (RFC 5869); AES-256-GCM, but for a session's first
//!   segment where an application wants that one readable: HMAC-SHA256.
//! - A text opens only for the version, purpose, cookie name and client that it was sealed for
//!   (associated data).
//! - A key is found by its id, never by its position, so that keys can be reordered.
//! - An unknown version or key is [`OpenError::Foreign`], which nobody answers by deleting the
//!   cookie; a text that a known key refuses is [`OpenError::Broken`].
//! - base64url without padding, canonical only, in both directions.

pub(crate) mod key;
pub(crate) mod key_ring;
#[cfg(test)]
pub(crate) mod properties;
pub(crate) mod purpose;
pub(crate) mod text;

/// The first byte of a text under AES-256-GCM, and of the associated data of all texts.
const VERSION: u8 = 1;
/// The first byte of a text that is signed and readable.
const VERSION_SIGNED: u8 = 2;
/// AES-GCM's nonce, in bytes (96 bits, NIST SP 800-38D).
pub(crate) const NONCE_LEN: usize = 12;
/// AES-GCM's tag, in bytes.
const TAG_LEN: usize = 16;
/// The salt of a sealed login, in bytes.
const SALT_LEN: usize = 32;
/// Version and key id, in bytes.
const HEADER_LEN: usize = 1 + key::ID_LEN;

/// Bytes that sealing with a nonce adds, before base64.
pub(crate) const OVERHEAD: usize = HEADER_LEN + NONCE_LEN + TAG_LEN;
/// Bytes that sealing with a salt adds, before base64.
pub(crate) const OVERHEAD_LOGIN: usize = HEADER_LEN + SALT_LEN + TAG_LEN;
/// HMAC-SHA256's tag, in bytes.
const MAC_LEN: usize = 32;
/// Bytes that signing adds, before base64.
const OVERHEAD_SIGNED: usize = HEADER_LEN + MAC_LEN;
/// The larger of both.
pub(crate) const MAX_OVERHEAD: usize = OVERHEAD_SIGNED;

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

/// Why a text did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// Another version or another key: perhaps a newer release's or another instance's.
    Foreign,
    /// A version and key of ours, but changed, cut off, or moved from another place.
    Broken,
}
