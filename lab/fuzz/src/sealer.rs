//! Sealing as `docs/cookie-format.md` describes it, written from that page and not from the code.
//!
//! So any body can be sealed rightly, and what opens is compared with the page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac;

use crate::app::{CLIENT_ID, COOKIE_SECRET, TOKEN_URL};
use crate::bodies::texts;
use crate::reply::AUTHORIZE_URL;

pub(crate) const SESSION: &str = "__Host-fncy_session";
const ROUND: &str = "__Host-fncy_round";

/// Seals what the applications of `app.rs` open.
pub(crate) const OURS: Sealer = Sealer(COOKIE_SECRET);
/// Seals under a secret that they don't have.
pub(crate) const FOREIGN: Sealer = Sealer(b"another secret, of some other application");

/// A secret.
pub(crate) struct Sealer(&'static [u8]);

impl Sealer {
    /// A first segment that nobody can read.
    pub(crate) fn session(&self, body: &[u8]) -> String {
        self.with_nonce("session", b"", body)
    }

    /// A first segment that anybody can read.
    pub(crate) fn signed(&self, body: &[u8]) -> String {
        let text = [&[2][..], &self.id(), body].concat();
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key("signed session"));
        let tag = hmac::sign(&key, &text);
        encode(&[&text, tag.as_ref()].concat())
    }

    /// A second segment of this session and generation.
    pub(crate) fn tokens(&self, session: [u8; 16], generation: u32, body: &[u8]) -> String {
        let more = [&session[..], &generation.to_be_bytes()].concat();
        self.with_nonce("tokens", &more, body)
    }

    /// What instances tell one another of the work that `key` names.
    pub(crate) fn shared(&self, kind: &str, key: &[u8; 32], body: &[u8]) -> String {
        self.with_nonce("shared", &[kind.as_bytes(), key].concat(), body)
    }

    /// A login under way, with the name of its cookie.
    pub(crate) fn login(&self, state: &str, body: &[u8]) -> (String, String) {
        let name = login_name(state);
        let text = self.with_salt(&name, body);
        (name, text)
    }

    /// A round, with the name of its cookie.
    pub(crate) fn round(&self, body: &[u8]) -> (String, String) {
        (ROUND.to_owned(), self.with_salt(ROUND, body))
    }

    fn with_nonce(&self, key: &str, data: &[u8], body: &[u8]) -> String {
        let nonce = [7; 12];
        let sealed = seal(self.key(key), nonce, data, body);
        encode(&[&[1][..], &self.id(), &nonce, &sealed].concat())
    }

    fn with_salt(&self, cookie: &str, body: &[u8]) -> String {
        let salt = [7; 32];
        let login = Prk::new_less_safe(HKDF_SHA256, &self.key("login"));
        let key = expand(&login, &[b"login message", &salt]);
        let sealed = seal(key, [0; 12], cookie.as_bytes(), body);
        encode(&[&[1][..], &self.id(), &salt, &sealed].concat())
    }

    fn id(&self) -> [u8; 4] {
        self.expand(&[b"key id"])
    }

    /// The key of a purpose, in the context of those applications.
    fn key(&self, purpose: &str) -> [u8; 32] {
        let context = texts(&[SESSION, CLIENT_ID, ""]);
        self.expand(&[purpose.as_bytes(), &context])
    }

    fn expand<const N: usize>(&self, info: &[&[u8]]) -> [u8; N] {
        let prk = Salt::new(HKDF_SHA256, b"fncy-login v1").extract(self.0);
        expand(&prk, info)
    }
}

pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The name of a login's cookie.
pub(crate) fn login_name(state: &str) -> String {
    let hash = digest(&SHA256, state.as_bytes());
    let hex: String = hash.as_ref()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("__Host-fncy_login_{hex}")
}

/// What a login says of its provider.
pub(crate) fn provider_id() -> [u8; 8] {
    let hash = digest(&SHA256, format!("{AUTHORIZE_URL} {TOKEN_URL}").as_bytes());
    std::array::from_fn(|index| hash.as_ref()[index])
}

/// What becomes of a text that isn't one of ours: it is foreign, or it is broken.
pub(crate) fn is_foreign(text: &[u8]) -> bool {
    let bytes = decode(text).or_else(|| decode(text.get(..8)?));
    bytes.is_some_and(|bytes| match bytes.as_slice() {
        [1 | 2, a, b, c, d, ..] => [*a, *b, *c, *d] != OURS.id(),
        [_, _, _, _, _, ..] => true,
        _ => false,
    })
}

fn seal(key: [u8; 32], nonce: [u8; 12], data: &[u8], body: &[u8]) -> Vec<u8> {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).unwrap());
    let mut sealed = body.to_vec();
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(data),
        &mut sealed,
    )
    .unwrap();
    sealed
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> [u8; N] {
    struct Length(usize);
    impl KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut out = [0; N];
    prk.expand(info, Length(N)).unwrap().fill(&mut out).unwrap();
    out
}
