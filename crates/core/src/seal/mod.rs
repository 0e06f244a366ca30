//! Sealing: what turns bytes into cookie text that only a holder of the secret can make or read.
//!
//! Rules that this module keeps:
//! - One key per purpose, derived by HKDF-SHA256 (RFC 5869); AES-256-GCM throughout.
//! - A text opens only for the version, purpose, cookie name and client that it was sealed for
//!   (associated data).
//! - A key is found by its id, never by its position, so that keys can be reordered.
//! - An unknown version or key is [`OpenError::Foreign`], which nobody answers by deleting the
//!   cookie; a text that a known key refuses is [`OpenError::Broken`].
//! - base64url without padding, canonical only, in both directions.

mod key;
mod key_ring;

pub use key_ring::{KeyRing, WeakSecret};
pub(crate) use key_ring::{Purpose, associated_data};

/// The first byte of every sealed text.
const VERSION: u8 = 1;
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

/// Why a text did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// Another version or another key: perhaps a newer release's or another instance's.
    Foreign,
    /// A version and key of ours, but changed, cut off, or moved from another place.
    Broken,
}
