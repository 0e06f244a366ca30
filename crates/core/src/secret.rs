//! Text that must not be seen: tokens, codes, verifiers.
//!
//! Rules: `Debug` says nothing, memory is zeroised on drop, and there is no `PartialEq`, so that
//! nobody compares secrets in variable time by accident.

use std::fmt;

use zeroize::Zeroizing;

/// A secret string.
///
/// ```
/// let secret = fncy_login_core::Secret::new("s3cr3t".to_owned());
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), "s3cr3t");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Each call is a place to look at in a review.
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
