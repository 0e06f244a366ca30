//! One secret and the keys that are derived from it, one for each purpose.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::seal::format::{ID_LEN, NONCE_LEN, SALT_LEN};
use crate::seal::purpose::Purpose;
use crate::values::secret::Secret;

/// The domain of every derivation. Another format must have another one.
const DOMAIN: &[u8] = b"fncy-login v1";

/// A secret, before its keys are bound to a context.
#[derive(Clone)]
pub(super) struct RootKey {
    id: [u8; ID_LEN],
    prk: Prk,
}

impl RootKey {
    pub(super) fn extract(secret: &[u8]) -> Self {
        let prk = Salt::new(HKDF_SHA256, DOMAIN).extract(secret);
        let mut id = [0; ID_LEN];
        expand_into(&prk, &[b"key id"], &mut id);
        Self { id, prk }
    }

    /// The keys for one context. No purpose's name is a prefix of another, so that two contexts never share a key.
    pub(super) fn bound_to(&self, context: &[u8]) -> Key {
        let mut login = Zeroizing::new([0; 32]);
        expand_into(&self.prk, &[b"login", context], login.as_mut_slice());
        Key {
            id: self.id,
            session: aead(&self.prk, &[b"session", context]),
            tokens: aead(&self.prk, &[b"tokens", context]),
            device: aead(&self.prk, &[b"device", context]),
            shared: aead(&self.prk, &[b"shared", context]),
            login: Prk::new_less_safe(HKDF_SHA256, login.as_slice()),
            signing: mac(&self.prk, &[b"signed session", context]),
        }
    }
}

/// The keys of one secret in one context. The key schedules are computed once.
pub(super) struct Key {
    pub(super) id: [u8; ID_LEN],
    session: LessSafeKey,
    tokens: LessSafeKey,
    device: LessSafeKey,
    shared: LessSafeKey,
    /// Expanded once more for each transaction, by its salt. Strangers can start any number of sign-ins, and random
    /// nonces under one key would run out.
    login: Prk,
    signing: hmac::Key,
}

impl Key {
    pub(super) fn for_purpose(&self, purpose: Purpose) -> &LessSafeKey {
        match purpose {
            Purpose::Session => &self.session,
            Purpose::Tokens => &self.tokens,
            Purpose::Device => &self.device,
            Purpose::Shared => &self.shared,
        }
    }

    pub(super) fn sign(&self, signed: &[u8]) -> hmac::Tag {
        hmac::sign(&self.signing, signed)
    }

    /// Whether a tag is right. The comparison takes constant time.
    pub(super) fn is_signed(&self, signed: &[u8], tag: &[u8]) -> bool {
        self.sign(signed).as_ref().ct_eq(tag).into()
    }

    /// The key of one message, which seals once. So its nonce is constant.
    pub(super) fn for_login(&self, salt: &[u8; SALT_LEN]) -> LessSafeKey {
        aead(&self.login, &[b"login message", salt])
    }
}

/// Hashes tokens and the ids of users under keys from the client's secret, for a place where these must not be kept.
///
/// Without the client's secret, no reader of a hash can test whether it is that of a given token or user. Cookie secrets have
/// no part in it, so that all instances agree on it in the middle of a rotation.
pub(crate) struct TokenDigest {
    tokens: hmac::Key,
    users: hmac::Key,
}

impl TokenDigest {
    pub(crate) fn new(client_secret: &Secret) -> Self {
        let prk = Salt::new(HKDF_SHA256, DOMAIN).extract(client_secret.expose().as_bytes());
        Self {
            tokens: mac(&prk, &[b"token digest"]),
            users: mac(&prk, &[b"user digest"]),
        }
    }

    pub(crate) fn of(&self, token: &Secret) -> [u8; 32] {
        digest(&self.tokens, token.expose())
    }

    /// The hash of a token that a request shows.
    pub(crate) fn of_shown(&self, token: &str) -> [u8; 32] {
        digest(&self.tokens, token)
    }

    pub(crate) fn of_user(&self, id: &str) -> [u8; 32] {
        digest(&self.users, id)
    }
}

fn digest(key: &hmac::Key, text: &str) -> [u8; 32] {
    let tag = hmac::sign(key, text.as_bytes());
    std::array::from_fn(|index| tag.as_ref()[index])
}

/// Seals in place. The caller appends the tag to the body.
pub(super) fn seal(key: &LessSafeKey, nonce: [u8; NONCE_LEN], aad: &[u8], body: &mut [u8]) -> Tag {
    // ring only refuses bodies of more than 64 GiB.
    #[expect(clippy::expect_used, reason = "bodies are at most a few kilobytes")]
    key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .expect("the body is shorter than AES-GCM's limit")
}

/// Opens in place. The plain text is a prefix of `body`.
pub(super) fn open<'b>(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    aad: &[u8],
    body: &'b mut [u8],
) -> Option<&'b mut [u8]> {
    key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
        .ok()
}

fn aead(prk: &Prk, info: &[&[u8]]) -> LessSafeKey {
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8,160 bytes")]
    let okm = prk
        .expand(info, &AES_256_GCM)
        .expect("a key's length is within HKDF's limit");
    LessSafeKey::new(UnboundKey::from(okm))
}

fn mac(prk: &Prk, info: &[&[u8]]) -> hmac::Key {
    let mut key = Zeroizing::new([0; 32]);
    expand_into(prk, info, key.as_mut_slice());
    hmac::Key::new(hmac::HMAC_SHA256, key.as_slice())
}

fn expand_into(prk: &Prk, info: &[&[u8]], out: &mut [u8]) {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8,160 bytes")]
    prk.expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .expect("the length is within HKDF's limit");
}
