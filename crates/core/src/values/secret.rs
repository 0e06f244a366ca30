//! Secrets: tokens, codes, verifiers.
//!
//! Rules: `Debug` shows nothing. Memory is zeroised on drop. There is no `PartialEq`, since it would compare secrets in
//! variable time.

use std::fmt;
use std::mem;
use std::ops::{Deref, DerefMut};

use zeroize::Zeroize as _;

/// A secret string.
///
/// ```
/// let secret = fncy_login_core::Secret::new("s3cr3t".to_owned());
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), "s3cr3t");
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of the text, so that the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself. A review looks at each call.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        drop(SecretBytes(mem::take(&mut self.0).into_bytes()));
    }
}

/// Bytes that are zeroised on drop.
///
/// `Zeroizing<Vec<u8>>` overwrites one byte after the other, which takes as long as opening a token. A slice is
/// overwritten at once.
pub(crate) struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// This number of zeros, as a buffer to write to.
    pub(crate) fn zeros(length: usize) -> Self {
        Self(vec![0; length])
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Deref for SecretBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl DerefMut for SecretBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        // The spare capacity may hold bytes of a longer value.
        self.0.resize(self.0.capacity(), 0);
        self.0.as_mut_slice().zeroize();
    }
}
