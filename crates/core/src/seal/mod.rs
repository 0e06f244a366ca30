//! Sealing: what turns bytes into cookie text that only a holder of the secret can make or read.
//!
//! Rules that this module keeps:
//! - One key per purpose, derived by HKDF-SHA256 (RFC 5869); AES-256-GCM, but for a session's first
//!   segment where an application wants that one readable: HMAC-SHA256.
//! - A text opens only for the version, purpose, cookie name and client that it was sealed for
//!   (associated data).
//! - A key is found by its id, never by its position, so that keys can be reordered.
//! - An unknown version or key is [`OpenError::Foreign`](format::OpenError::Foreign), which nobody answers by deleting the
//!   cookie; a text that a known key refuses is [`OpenError::Broken`](format::OpenError::Broken).
//! - base64url without padding, canonical only, in both directions.

pub(crate) mod format;
pub(crate) mod key;
pub(crate) mod key_ring;
#[cfg(test)]
pub(crate) mod properties;
pub(crate) mod protection;
pub(crate) mod purpose;
pub(crate) mod text;
