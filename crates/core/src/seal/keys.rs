//! The keys of one context: the first key seals, and all keys open.

use std::fmt;

use ring::aead::LessSafeKey;

use crate::seal::format::{
    HEADER_LEN, ID_LEN, MAC_LEN, NONCE_LEN, OpenError, SALT_LEN, TAG_LEN, VERSION, VERSION_SIGNED,
};
use crate::seal::key::{self, Key};
use crate::seal::purpose::Purpose;
use crate::seal::text::TextFormat;
use crate::values::secret::SecretBytes;

/// The first characters of a text, in whole groups of four, that hold version and key id.
const START_LEN: usize = HEADER_LEN.div_ceil(3) * 4;

/// The keys of one context. The first one seals.
pub(crate) struct Keys {
    sealing: Key,
    former: Vec<Key>,
    format: TextFormat,
}

impl Keys {
    pub(super) fn new(sealing: Key, former: Vec<Key>) -> Self {
        Self {
            sealing,
            former,
            format: TextFormat::new(),
        }
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
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        let mut out = Vec::with_capacity(HEADER_LEN + body.len() + MAC_LEN);
        out.push(VERSION_SIGNED);
        out.extend_from_slice(&self.sealing.id);
        out.extend_from_slice(body);
        let tag = self.sealing.sign(&out);
        out.extend_from_slice(tag.as_ref());
        self.format.encode(&out)
    }

    /// The public id of the key that seals, as texts have it.
    pub(crate) fn sealing_id(&self) -> [u8; ID_LEN] {
        self.sealing.id
    }

    /// Whether a text was sealed with the key that seals now.
    pub(crate) fn is_sealing(&self, text: &[u8]) -> bool {
        self.header_of(text)
            .is_ok_and(|(_, key)| key.id == self.sealing.id)
    }

    /// Opens a session that was made by [`Keys::seal`] or by [`Keys::sign`]. So an application can change from
    /// one to the other, and its users stay signed in.
    pub(crate) fn open_session<'b>(
        &self,
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], OpenError> {
        let (version, key, bytes) = self.decode(text, buffer)?;
        if version == VERSION {
            return open_with(key.for_purpose(Purpose::Session), b"", bytes);
        }
        let (signed, tag) = bytes
            .split_last_chunk::<MAC_LEN>()
            .ok_or(OpenError::Broken)?;
        let body = signed.get(HEADER_LEN..).ok_or(OpenError::Broken)?;
        key.is_signed(signed, tag)
            .then_some(body)
            .ok_or(OpenError::Broken)
    }

    /// Opens what [`Keys::seal`] made, in a buffer of the caller.
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

    /// Opens what [`Keys::seal`] made. The text is cut into pieces. The plain text is read in a buffer that is zeroised.
    pub(crate) fn open_pieces<T>(
        &self,
        purpose: Purpose,
        aad: &[u8],
        pieces: &[&[u8]],
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let mut buffer = SecretBytes::zeros(length.div_ceil(4) * 3);
        let bytes = self.format.decode_pieces(pieces, &mut buffer).ok()?;
        let (VERSION, key) = self.header(bytes).ok()? else {
            return None;
        };
        read(open_with(key.for_purpose(purpose), aad, bytes).ok()?)
    }

    /// Opens what [`Keys::seal_login`] made.
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

    /// Decodes a text that is not a signed one. Returns its key, and all of its bytes.
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

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::{HEADER_LEN, Keys, OpenError, Purpose};
    use crate::seal::key_ring::KeyRing;

    const OLD: &[u8; 32] = b"an old secret of thirty-two byte";
    const NEW: &[u8; 32] = b"the new one, of thirty-two bytes";

    fn keys(sealing: &[u8], former: &[&[u8]]) -> Keys {
        KeyRing::new(sealing, former).unwrap().bound_to(b"here")
    }

    fn open(keys: &Keys, text: impl AsRef<[u8]>) -> Result<Vec<u8>, OpenError> {
        let mut buffer = [0; 256];
        let opened = keys.open_session(text.as_ref(), &mut buffer);
        opened.map(<[u8]>::to_vec)
    }

    #[test]
    fn a_seal_opens_for_its_own_place_only() {
        let ring = KeyRing::new(NEW, &[] as &[&[u8]]).unwrap();
        let (here, there) = (ring.bound_to(b"here"), ring.bound_to(b"there"));
        let text = here.seal(Purpose::Tokens, [1; 12], b"aad", b"body");
        let opens = |keys: &Keys, purpose, aad: &[u8]| {
            let body = |body: &[u8]| Some(body.to_vec());
            keys.open_pieces(purpose, aad, &[text.as_bytes()], body)
        };
        assert_eq!(
            opens(&here, Purpose::Tokens, b"aad"),
            Some(b"body".to_vec())
        );
        assert_eq!(opens(&here, Purpose::Tokens, b"other"), None);
        assert_eq!(opens(&here, Purpose::Shared, b"aad"), None);
        assert_eq!(opens(&there, Purpose::Tokens, b"aad"), None);
    }

    #[test]
    fn a_text_with_a_flipped_bit_does_not_open() {
        let keys = keys(NEW, &[]);
        let text = keys.seal(Purpose::Session, [1; 12], b"", b"body");
        for index in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[index] ^= 1 << bit;
                assert!(open(&keys, &changed).is_err(), "byte {index}, bit {bit}");
            }
        }
    }

    #[test]
    fn k01_a_signed_text_is_readable_and_no_changed_bit_passes() {
        let keys = keys(NEW, &[]);
        let text = keys.sign(b"body");
        let mut buffer = [0; 256];
        let opened = keys.open_session(text.as_bytes(), &mut buffer);
        assert_eq!(opened, Ok(&b"body"[..]));
        let readable = URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert_eq!(&readable[5..9], b"body");
        let there = KeyRing::new(NEW, &[] as &[&[u8]])
            .unwrap()
            .bound_to(b"there");
        let mut buffer = [0; 256];
        let refused = there.open_session(text.as_bytes(), &mut buffer);
        assert_eq!(refused, Err(OpenError::Broken));
        for index in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[index] ^= 1 << bit;
                let mut buffer = [0; 256];
                let opened = keys.open_session(&changed, &mut buffer);
                assert!(opened.is_err(), "byte {index}, bit {bit}");
            }
        }
        for cut in 0..text.len() {
            let mut buffer = [0; 256];
            let opened = keys.open_session(&text.as_bytes()[..cut], &mut buffer);
            assert!(opened.is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn rotation_opens_by_key_id_and_a_dropped_key_is_foreign() {
        let text = keys(OLD, &[]).seal(Purpose::Session, [1; 12], b"", b"body");
        assert_eq!(open(&keys(NEW, &[OLD]), &text), Ok(b"body".to_vec()));
        assert_eq!(open(&keys(OLD, &[NEW]), &text), Ok(b"body".to_vec()));
        assert_eq!(open(&keys(NEW, &[]), &text), Err(OpenError::Foreign));
    }

    #[test]
    fn k17_an_unknown_version_or_key_is_foreign_whatever_follows() {
        let text = keys(OLD, &[]).seal(Purpose::Session, [1; 12], b"", &[7; 600]);
        assert_eq!(open(&keys(NEW, &[]), &text), Err(OpenError::Foreign));
        assert_eq!(open(&keys(OLD, &[]), &text), Err(OpenError::Broken));
        let newer = format!("Aw{}~", &text[2..]);
        assert_eq!(open(&keys(OLD, &[]), &newer), Err(OpenError::Foreign));
    }

    #[test]
    fn k20_a_login_message_has_a_key_of_its_own() {
        let keys = keys(NEW, &[]);
        let text = keys.seal_login([7; 32], b"aad", b"body");
        let mut buffer = [0; 256];
        assert_eq!(
            keys.open_login(b"aad", text.as_bytes(), &mut buffer),
            Ok(&b"body"[..])
        );
        // The salt is not sealed, and another salt gives another key.
        let mut bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        bytes[HEADER_LEN] ^= 1;
        let salted = URL_SAFE_NO_PAD.encode(bytes);
        assert_eq!(
            keys.open_login(b"aad", salted.as_bytes(), &mut buffer),
            Err(OpenError::Broken)
        );
    }
}
