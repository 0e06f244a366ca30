//! Sealing: bytes become cookie text that only a holder of the secret can make. Without it, encrypted text can't be
//! read either.
//!
//! Rules:
//! - Each purpose has a key of its own, derived by HKDF-SHA256 (RFC 5869). The cipher is AES-256-GCM. A session's first
//!   segment is signed with HMAC-SHA256 instead, if the application wants it to be readable.
//! - Each context has keys of its own too: a cookie name, a client and an origin. So a text opens only for the purpose
//!   and the context that it was sealed for. What differs from one text to the next is associated data.
//! - A key is found by its id and never by its position, so that keys can be reordered.
//! - A text with an unknown version or key is [`OpenError::Foreign`](format::OpenError::Foreign), and its cookie is
//!   never deleted. A text that a known key refuses is [`OpenError::Broken`](format::OpenError::Broken).
//! - Texts are base64url without padding, and only the canonical spelling is read.

pub(crate) mod format;
pub(crate) mod key;
pub(crate) mod key_ring;
pub(crate) mod keys;
#[cfg(test)]
pub(crate) mod properties;
pub(crate) mod protection;
pub(crate) mod purpose;
pub(crate) mod text;
