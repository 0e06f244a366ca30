//! The key ring: the first key seals, and all keys open.

use std::fmt;

use ring::aead::LessSafeKey;

use crate::seal::format::{
    HEADER_LEN, MAC_LEN, NONCE_LEN, OpenError, SALT_LEN, TAG_LEN, VERSION, VERSION_SIGNED,
};
use crate::seal::key::{self, Key};
use crate::seal::purpose::Purpose;
use crate::seal::text::TextFormat;
use crate::values::secret::SecretBytes;

/// The first characters of a text, in whole groups of four, that hold version and key id.
const START_LEN: usize = HEADER_LEN.div_ceil(3) * 4;

/// The secrets that seal and open cookies. The first one seals.
///
/// To rotate a secret, add the new one in second place on every instance. Then make it the first. Drop the old one
/// after all sessions in use have been sealed anew: `docs/cookie-format.md` has the steps. A text names its key by an
/// id that is derived from the secret, so instances may have their secrets in different orders.
#[derive(Clone)]
pub struct KeyRing {
    sealing: Key,
    former: Vec<Key>,
    format: TextFormat,
}

impl KeyRing {
    /// The shortest secret, in bytes: 256 bits, the strength of the cipher.
    pub const MIN_SECRET_LEN: usize = 32;
    /// The fewest distinct bytes of a secret. A secret with fewer was typed by a person, not drawn at random.
    pub const MIN_DISTINCT_BYTES: usize = 8;

    /// Derives the keys of the secret that seals, and of former secrets that still open.
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
            sealing: Key::derive(sealing),
            former: former
                .iter()
                .map(|secret| Key::derive(secret.as_ref()))
                .collect(),
            format: TextFormat::new(),
        })
    }

    /// Seals under a random nonce. A key is good for 2^32 of them (NIST SP 800-38D, section 8.3).
    pub(crate) fn seal(
        &self,
        purpose: Purpose,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        body: &[u8],
    ) -> String {
        self.seal_with(self.sealing.for_purpose(purpose), nonce, &nonce, aad, body)
    }

    /// Seals under a key of this message alone, which is derived from the salt.
    pub(crate) fn seal_login(&self, salt: [u8; SALT_LEN], aad: &[u8], body: &[u8]) -> String {
        let key = self.sealing.for_login(&salt);
        self.seal_with(&key, [0; NONCE_LEN], &salt, aad, body)
    }

    fn seal_with(
        &self,
        key: &LessSafeKey,
        nonce: [u8; NONCE_LEN],
        prefix: &[u8],
        aad: &[u8],
        body: &[u8],
    ) -> String {
        let mut out = Vec::with_capacity(HEADER_LEN + prefix.len() + body.len() + TAG_LEN);
        out.push(VERSION);
        out.extend_from_slice(&self.sealing.id);
        out.extend_from_slice(prefix);
        let head = out.len();
        out.extend_from_slice(body);
        let tag = key::seal(key, nonce, aad, &mut out[head..]);
        out.extend_from_slice(tag.as_ref());
        self.format.encode(&out)
    }

    /// Signs a body, which stays readable. The signature covers the header.
    pub(crate) fn sign(&self, aad: &[u8], body: &[u8]) -> String {
        let mut out = Vec::with_capacity(HEADER_LEN + body.len() + MAC_LEN);
        out.push(VERSION_SIGNED);
        out.extend_from_slice(&self.sealing.id);
        out.extend_from_slice(body);
        let tag = self.sealing.sign(aad, &out);
        out.extend_from_slice(tag.as_ref());
        self.format.encode(&out)
    }

    /// Whether a text was sealed with the key that seals now.
    pub(crate) fn is_sealing(&self, text: &[u8]) -> bool {
        self.header_of(text)
            .is_ok_and(|(_, key)| key.id == self.sealing.id)
    }

    /// Opens a session that was made by [`KeyRing::seal`] or by [`KeyRing::sign`]. So an application can change from
    /// one to the other, and its users stay signed in.
    pub(crate) fn open_session<'b>(
        &self,
        aad: &[u8],
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], OpenError> {
        let (version, key, bytes) = self.decode(text, buffer)?;
        if version == VERSION {
            return open_with(key.for_purpose(Purpose::Session), aad, bytes);
        }
        let (signed, tag) = bytes
            .split_last_chunk::<MAC_LEN>()
            .ok_or(OpenError::Broken)?;
        let body = signed.get(HEADER_LEN..).ok_or(OpenError::Broken)?;
        key.is_signed(aad, signed, tag)
            .then_some(body)
            .ok_or(OpenError::Broken)
    }

    /// Opens what [`KeyRing::seal`] made, in `buffer`. A text that is too long for the buffer is broken.
    pub(crate) fn open<'b>(
        &self,
        purpose: Purpose,
        aad: &[u8],
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], OpenError> {
        let (key, bytes) = self.decode_sealed(text, buffer)?;
        open_with(key.for_purpose(purpose), aad, bytes)
    }

    /// Opens a text of any length. The plain text is read in a buffer that is zeroised.
    pub(crate) fn open_long<T>(
        &self,
        purpose: Purpose,
        aad: &[u8],
        text: &[u8],
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let mut buffer = SecretBytes::zeros(text.len().div_ceil(4) * 3);
        let body = self.open(purpose, aad, text, &mut buffer).ok()?;
        read(body)
    }

    /// Opens what [`KeyRing::seal_login`] made.
    pub(crate) fn open_login<'b>(
        &self,
        aad: &[u8],
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], OpenError> {
        let (key, bytes) = self.decode_sealed(text, buffer)?;
        let (salt, body) = parts::<SALT_LEN>(bytes)?;
        key::open(&key.for_login(salt), [0; NONCE_LEN], aad, body)
            .map(|plain| &*plain)
            .ok_or(OpenError::Broken)
    }

    /// Decodes a sealed text. Returns its key, and all of its bytes.
    fn decode_sealed<'b>(
        &self,
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<(&Key, &'b mut [u8]), OpenError> {
        match self.decode(text, buffer)? {
            (VERSION, key, bytes) => Ok((key, bytes)),
            _ => Err(OpenError::Foreign),
        }
    }

    /// Decodes a text. Returns its version, its key, and all of its bytes.
    fn decode<'b>(
        &self,
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<(u8, &Key, &'b mut [u8]), OpenError> {
        let Ok(bytes) = self.format.decode(text, buffer) else {
            // A text with an unknown version may be longer than our buffers, or may be no base64url.
            self.header_of(text)?;
            return Err(OpenError::Broken);
        };
        let (version, key) = self.header(bytes)?;
        Ok((version, key, bytes))
    }

    /// Reads the version and the key from the first characters of a text.
    fn header_of(&self, text: &[u8]) -> Result<(u8, &Key), OpenError> {
        let start = text.get(..START_LEN).ok_or(OpenError::Broken)?;
        let mut bytes = [0; START_LEN / 4 * 3];
        self.header(self.format.decode(start, &mut bytes)?)
    }

    fn header(&self, bytes: &[u8]) -> Result<(u8, &Key), OpenError> {
        let ([version, id @ ..], _) = bytes
            .split_first_chunk::<HEADER_LEN>()
            .ok_or(OpenError::Broken)?;
        if !matches!(*version, VERSION | VERSION_SIGNED) {
            return Err(OpenError::Foreign);
        }
        std::iter::once(&self.sealing)
            .chain(&self.former)
            .find(|key| key.id == *id)
            .map(|key| (*version, key))
            .ok_or(OpenError::Foreign)
    }
}

/// Opens what was sealed under a key with a random nonce.
fn open_with<'b>(
    key: &LessSafeKey,
    aad: &[u8],
    bytes: &'b mut [u8],
) -> Result<&'b [u8], OpenError> {
    let (nonce, body) = parts::<NONCE_LEN>(bytes)?;
    key::open(key, *nonce, aad, body)
        .map(|plain| &*plain)
        .ok_or(OpenError::Broken)
}

/// The `N` bytes after the header, and the sealed body.
fn parts<const N: usize>(bytes: &mut [u8]) -> Result<(&[u8; N], &mut [u8]), OpenError> {
    let (prefix, body) = bytes
        .get_mut(HEADER_LEN..)
        .and_then(|rest| rest.split_first_chunk_mut::<N>())
        .ok_or(OpenError::Broken)?;
    Ok((prefix, body))
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

/// The associated data of a sealed text: version, purpose, cookie name, client, further data of the purpose, and the
/// origin of a second or further site. A text opens only under the same data.
///
/// The length of each part precedes it, so that two different lists of parts never give the same bytes.
pub(crate) fn associated_data(
    purpose: &str,
    cookie: &str,
    client_id: &str,
    more: &[u8],
    origin: Option<&str>,
) -> Vec<u8> {
    let parts = [
        purpose.as_bytes(),
        cookie.as_bytes(),
        client_id.as_bytes(),
        more,
    ];
    let parts = parts.into_iter().chain(origin.map(str::as_bytes));
    let length: usize = parts
        .clone()
        .map(|part| size_of::<u64>() + part.len())
        .sum();
    let mut data = Vec::with_capacity(1 + length);
    data.push(VERSION);
    for part in parts {
        data.extend_from_slice(&(part.len() as u64).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::{HEADER_LEN, KeyRing, OpenError, Purpose, associated_data};

    const OLD: &[u8; 32] = b"an old secret of thirty-two byte";
    const NEW: &[u8; 32] = b"the new one, of thirty-two bytes";

    fn ring(sealing: &[u8], former: &[&[u8]]) -> KeyRing {
        KeyRing::new(sealing, former).unwrap()
    }

    fn open(ring: &KeyRing, aad: &[u8], text: &str) -> Result<Vec<u8>, OpenError> {
        let mut buffer = [0; 256];
        ring.open(Purpose::Session, aad, text.as_bytes(), &mut buffer)
            .map(<[u8]>::to_vec)
    }

    #[test]
    fn a_seal_opens_for_its_own_place_only() {
        let ring = ring(NEW, &[]);
        let aad = associated_data("session", "a", "client", b"", None);
        let text = ring.seal(Purpose::Session, [1; 12], &aad, b"body");
        assert_eq!(open(&ring, &aad, &text), Ok(b"body".to_vec()));
        for other in [
            associated_data("tokens", "a", "client", b"", None),
            associated_data("session", "b", "client", b"", None),
            associated_data("session", "a", "other", b"", None),
            associated_data("session", "a", "client", b"x", None),
        ] {
            assert_eq!(open(&ring, &other, &text), Err(OpenError::Broken));
        }
        let mut buffer = [0; 256];
        assert_eq!(
            ring.open(Purpose::Tokens, &aad, text.as_bytes(), &mut buffer),
            Err(OpenError::Broken)
        );
    }

    #[test]
    fn a_text_with_a_flipped_bit_does_not_open() {
        let ring = ring(NEW, &[]);
        let text = ring.seal(Purpose::Session, [1; 12], b"", b"body");
        for index in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[index] ^= 1 << bit;
                let mut buffer = [0; 256];
                assert!(
                    ring.open(Purpose::Session, b"", &changed, &mut buffer)
                        .is_err(),
                    "byte {index}, bit {bit}"
                );
            }
        }
    }

    #[test]
    fn k01_a_signed_text_is_readable_and_no_changed_bit_passes() {
        let ring = ring(NEW, &[]);
        let text = ring.sign(b"aad", b"body");
        let mut buffer = [0; 256];
        let opened = ring.open_session(b"aad", text.as_bytes(), &mut buffer);
        assert_eq!(opened, Ok(&b"body"[..]));
        let readable = URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert_eq!(&readable[5..9], b"body");
        for aad in [&b"aae"[..], b""] {
            let mut buffer = [0; 256];
            let refused = ring.open_session(aad, text.as_bytes(), &mut buffer);
            assert_eq!(refused, Err(OpenError::Broken));
        }
        for index in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[index] ^= 1 << bit;
                let mut buffer = [0; 256];
                let opened = ring.open_session(b"aad", &changed, &mut buffer);
                assert!(opened.is_err(), "byte {index}, bit {bit}");
            }
        }
        for cut in 0..text.len() {
            let mut buffer = [0; 256];
            let opened = ring.open_session(b"aad", &text.as_bytes()[..cut], &mut buffer);
            assert!(opened.is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn rotation_opens_by_key_id_and_a_dropped_key_is_foreign() {
        let text = ring(OLD, &[]).seal(Purpose::Session, [1; 12], b"", b"body");
        assert_eq!(open(&ring(NEW, &[OLD]), b"", &text), Ok(b"body".to_vec()));
        assert_eq!(open(&ring(OLD, &[NEW]), b"", &text), Ok(b"body".to_vec()));
        assert_eq!(open(&ring(NEW, &[]), b"", &text), Err(OpenError::Foreign));
    }

    #[test]
    fn k17_an_unknown_version_or_key_is_foreign_whatever_follows() {
        let text = ring(OLD, &[]).seal(Purpose::Session, [1; 12], b"", &[7; 600]);
        assert_eq!(open(&ring(NEW, &[]), b"", &text), Err(OpenError::Foreign));
        assert_eq!(open(&ring(OLD, &[]), b"", &text), Err(OpenError::Broken));
        let newer = format!("Aw{}~", &text[2..]);
        assert_eq!(open(&ring(OLD, &[]), b"", &newer), Err(OpenError::Foreign));
    }

    #[test]
    fn k20_a_login_message_has_a_key_of_its_own() {
        let ring = ring(NEW, &[]);
        let text = ring.seal_login([7; 32], b"aad", b"body");
        let mut buffer = [0; 256];
        assert_eq!(
            ring.open_login(b"aad", text.as_bytes(), &mut buffer),
            Ok(&b"body"[..])
        );
        // The salt is not sealed, and another salt gives another key.
        let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        bytes[HEADER_LEN] ^= 1;
        let salted = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(
            ring.open_login(b"aad", salted.as_bytes(), &mut buffer),
            Err(OpenError::Broken)
        );
    }

    #[test]
    fn weak_secrets_are_refused_by_position() {
        let short = KeyRing::new(b"changeme", &[] as &[&[u8]]).unwrap_err();
        assert_eq!((short.position, short.length), (0, 8));
        let irregular = KeyRing::new(b"0123456789abcdef0123456789abcde", &[] as &[&[u8]]);
        assert_eq!(irregular.unwrap_err().length, 31);
        let regular = KeyRing::new(NEW, &[&[b'a'; 40]]).unwrap_err();
        assert_eq!((regular.position, regular.distinct), (1, 1));
    }
}
