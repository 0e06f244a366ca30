//! Unguessable identifiers: codes, tokens, session IDs (RFC 6749 section 10.10).
//!
//! Each identifier is a keyed hash of a counter. So identifiers have 256 bits and never repeat, and
//! creating an identifier cannot fail.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;

pub(crate) struct IdSource {
    key: hmac::Key,
    counter: AtomicU64,
}

impl IdSource {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, seed),
            counter: AtomicU64::new(0),
        }
    }

    /// Returns a new identifier. It contains its kind, so that a reader of a log can tell what it is.
    pub(crate) fn next(&self, kind: &str) -> String {
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        let tag = hmac::sign(&self.key, &count.to_be_bytes());
        format!("dev-{kind}-{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Returns the same 32 bytes as base64 on each call, for `FNCY_COOKIE_SECRET`. A counter has
    /// eight bytes, so no identifier is the hash of this text.
    pub(crate) fn cookie_secret(&self) -> String {
        STANDARD.encode(hmac::sign(&self.key, b"cookie secret"))
    }
}

#[cfg(test)]
mod tests {
    use super::IdSource;

    #[test]
    fn ids_differ_from_each_other_and_between_seeds() {
        let (one, other) = (IdSource::new(&[1; 32]), IdSource::new(&[2; 32]));
        let first = one.next("code");
        assert!(first.starts_with("dev-code-"));
        assert_ne!(first, one.next("code"));
        assert_ne!(first, other.next("code"));
        assert_ne!(one.cookie_secret(), other.cookie_secret());
    }
}
