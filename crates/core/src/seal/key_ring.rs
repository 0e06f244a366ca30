//! The key ring: the secrets that seal and open cookies.

use std::fmt;

use crate::seal::key::RootKey;
use crate::seal::keys::Keys;

/// The secrets that seal and open cookies. The first one seals.
///
/// To rotate a secret, add the new one in second place on every instance. Then make it the first. Drop the old one
/// after all sessions in use have been sealed anew: `docs/cookie-format.md` has the steps. A text names its key by an
/// id that is derived from the secret, so instances may have their secrets in different orders.
#[derive(Clone)]
pub struct KeyRing {
    sealing: RootKey,
    former: Vec<RootKey>,
}

impl KeyRing {
    /// The shortest secret, in bytes: 256 bits, the strength of the cipher.
    pub const MIN_SECRET_LEN: usize = 32;
    /// The fewest distinct bytes of a secret. A secret with fewer was typed by a person, not drawn at random.
    pub const MIN_DISTINCT_BYTES: usize = 8;

    /// Takes the secret that seals, and former secrets that still open.
    ///
    /// # Errors
    ///
    /// [`SecretError`], if a secret is shorter than [`KeyRing::MIN_SECRET_LEN`] or has fewer than
    /// [`KeyRing::MIN_DISTINCT_BYTES`] distinct bytes. It names the position of the secret: 0 is the one that seals.
    pub fn new(sealing: &[u8], former: &[impl AsRef<[u8]>]) -> Result<Self, SecretError> {
        check(sealing, 0)?;
        for (index, secret) in former.iter().enumerate() {
            check(secret.as_ref(), index + 1)?;
        }
        Ok(Self {
            sealing: RootKey::extract(sealing),
            former: former
                .iter()
                .map(|secret| RootKey::extract(secret.as_ref()))
                .collect(),
        })
    }

    /// The keys for one context. They open no text of another context.
    pub(crate) fn bound_to(&self, context: &[u8]) -> Keys {
        let former = self.former.iter().map(|root| root.bound_to(context));
        Keys::new(self.sealing.bound_to(context), former.collect())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("keys", &(1 + self.former.len()))
            .finish_non_exhaustive()
    }
}

/// A secret that is too short or too regular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretError {
    /// The position of the secret: 0 is the one that seals.
    pub position: usize,
    /// The length of the secret, in bytes.
    pub length: usize,
    /// The number of its distinct bytes.
    pub distinct: usize,
}

fn check(secret: &[u8], position: usize) -> Result<(), SecretError> {
    let mut seen = [false; 256];
    for byte in secret {
        seen[usize::from(*byte)] = true;
    }
    let distinct = seen.into_iter().filter(|seen| *seen).count();
    if secret.len() < KeyRing::MIN_SECRET_LEN || distinct < KeyRing::MIN_DISTINCT_BYTES {
        return Err(SecretError {
            position,
            length: secret.len(),
            distinct,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::KeyRing;

    const SECRET: &[u8; 32] = b"the new one, of thirty-two bytes";

    #[test]
    fn weak_secrets_are_refused_by_position() {
        let short = KeyRing::new(b"changeme", &[] as &[&[u8]]).unwrap_err();
        assert_eq!((short.position, short.length), (0, 8));
        let irregular = KeyRing::new(b"0123456789abcdef0123456789abcde", &[] as &[&[u8]]);
        assert_eq!(irregular.unwrap_err().length, 31);
        let regular = KeyRing::new(SECRET, &[&[b'a'; 40]]).unwrap_err();
        assert_eq!((regular.position, regular.distinct), (1, 1));
    }
}
