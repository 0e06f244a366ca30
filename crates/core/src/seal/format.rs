//! The lengths and versions of sealed texts, and the reasons for which a text does not open.

/// The first byte of a text under AES-256-GCM.
pub(super) const VERSION: u8 = 1;
/// The first byte of a signed text, whose body is readable.
pub(super) const VERSION_SIGNED: u8 = 2;
/// AES-GCM's nonce, in bytes (96 bits, NIST SP 800-38D).
pub(crate) const NONCE_LEN: usize = 12;
/// AES-GCM's tag, in bytes.
pub(super) const TAG_LEN: usize = 16;
/// The salt of a sealed transaction or loop count, in bytes.
pub(crate) const SALT_LEN: usize = 32;
/// A key's id, in bytes. Four bytes tell a few keys apart, and reveal nothing useful of the secret.
pub(super) const ID_LEN: usize = 4;
/// Version and key id, in bytes.
pub(super) const HEADER_LEN: usize = 1 + ID_LEN;

/// Bytes that sealing with a nonce adds, before base64.
pub(crate) const OVERHEAD: usize = HEADER_LEN + NONCE_LEN + TAG_LEN;
/// Bytes that sealing with a salt adds, before base64.
pub(crate) const OVERHEAD_LOGIN: usize = HEADER_LEN + SALT_LEN + TAG_LEN;
/// HMAC-SHA256's tag, in bytes.
pub(super) const MAC_LEN: usize = 32;
/// Bytes that signing adds, before base64.
pub(super) const OVERHEAD_SIGNED: usize = HEADER_LEN + MAC_LEN;
/// The larger of the overheads of a session's first segment.
pub(crate) const MAX_OVERHEAD: usize = OVERHEAD_SIGNED;

/// The reason for which a text did not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// The text has another version or another key. It may be from a newer release or another instance.
    Foreign,
    /// The text has a known version and key, but was changed, cut off, or moved from another place.
    Broken,
}
