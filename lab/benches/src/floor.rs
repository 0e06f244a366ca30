//! Floors: the least that the same job costs, with the same libraries alone.
//!
//! A floor finds its cookie, decodes it, opens it under a kept key, compares an expiry, and hands the opened value to the
//! handler in an `Arc`. A floor knows one key and one client, and does not ask whether the session was revoked.

use std::hint::black_box;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;
use base64::engine::simd::Simd;
use memchr::memchr;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use crate::interleave::Case;
use crate::sample::{EMAIL, NAME, REFRESH_TOKEN_LEN, TOKEN_LEN, USER_ID};

const COOKIE: &str = "__Host-floor=";
const NONCE_LEN: usize = 12;
const NOW: u64 = 1_800_000_000;
const EXPIRES: u64 = 1_900_000_000;
/// What its body is bound to: about as much as ours.
const AAD: [u8; 64] = [7; 64];

/// F: the whole session in one cookie. All figures are compared with it.
pub const F: &str = "floor F: the whole session in one cookie";
/// S: the user alone.
pub const S: &str = "floor S: the user alone";

/// Both floors.
pub fn cases() -> [Case; 2] {
    let [access_token, refresh_token] =
        [TOKEN_LEN, REFRESH_TOKEN_LEN].map(|length| "a".repeat(length));
    [
        case(F, &[USER_ID, NAME, EMAIL, &access_token, &refresh_token]),
        case(S, &[USER_ID, NAME, EMAIL]),
    ]
}

fn case(name: &str, texts: &[&str]) -> Case {
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[1; 32]).unwrap());
    let engine = Simd::url_safe(NO_PAD);
    let mut body = EXPIRES.to_be_bytes().repeat(2);
    for text in texts {
        body.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        body.extend(text.as_bytes());
    }
    let nonce = [3; NONCE_LEN];
    key.seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        Aad::from(AAD),
        &mut body,
    )
    .unwrap();
    let header = format!("{COOKIE}{}", engine.encode([&nonce[..], &body].concat()));
    let mut buffer = [0; 2048];
    Case::new(name, move || {
        let user = open(&key, &engine, black_box(header.as_bytes()), &mut buffer);
        assert_eq!(user_id(&black_box(user).unwrap()), Some(USER_ID));
    })
}

fn open(key: &LessSafeKey, engine: &Simd, header: &[u8], buffer: &mut [u8]) -> Option<Arc<[u8]>> {
    let mut rest = header;
    let text = loop {
        if let Some(value) = rest.strip_prefix(COOKIE.as_bytes()) {
            break memchr(b';', value).map_or(value, |end| &value[..end]);
        }
        rest = rest[memchr(b';', rest)? + 1..].trim_ascii_start();
    };
    let length = engine.decode_slice(text, buffer).ok()?;
    let (nonce, body) = buffer[..length].split_first_chunk_mut::<NONCE_LEN>()?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let body = key.open_in_place(nonce, Aad::from(AAD), body).ok()?;
    let (expires, _) = body.split_first_chunk::<8>()?;
    (u64::from_be_bytes(*expires) > black_box(NOW)).then(|| Arc::from(&*body))
}

fn user_id(body: &[u8]) -> Option<&str> {
    let (length, texts) = body.get(2 * 8..)?.split_first_chunk()?;
    str::from_utf8(texts.get(..usize::from(u16::from_be_bytes(*length)))?).ok()
}
