//! Opening a sealed text, or checking its signature, under a key that is kept.
//!
//! What is opened in place is copied first, as decoding base64 would put it there.

use std::hint::black_box;

use aes_gcm::{AeadInPlace as _, Aes256Gcm, KeyInit as _};
use fncy_login_benches::interleave::Case;
use hmac::{Hmac, Mac as _};
use ring::aead;
use sha2::Sha256;

const KEY: [u8; 32] = [1; 32];
const NONCE: [u8; 12] = [3; 12];
const AAD: [u8; 64] = [7; 64];

pub(crate) fn cases(plain: &[u8]) -> Vec<Case> {
    vec![
        with_ring("AES-256-GCM, ring", &aead::AES_256_GCM, plain),
        with_aws_lc(plain),
        with_aes_gcm(plain),
        with_ring("ChaCha20-Poly1305, ring", &aead::CHACHA20_POLY1305, plain),
        hmac_ring(plain),
        hmac_aws_lc(plain),
        hmac_sha2(plain),
    ]
}

fn with_ring(name: &str, algorithm: &'static aead::Algorithm, plain: &[u8]) -> Case {
    use aead::{Aad, LessSafeKey, Nonce, UnboundKey};

    let key = LessSafeKey::new(UnboundKey::new(algorithm, &KEY).unwrap());
    let nonce = || Nonce::assume_unique_for_key(NONCE);
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(nonce(), Aad::from(AAD), &mut sealed)
        .unwrap();
    let mut buffer = sealed.clone();
    Case::new(name, move || {
        buffer.copy_from_slice(black_box(&sealed));
        black_box(key.open_in_place(nonce(), Aad::from(AAD), &mut buffer)).unwrap();
    })
}

fn with_aws_lc(plain: &[u8]) -> Case {
    use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &KEY).unwrap());
    let nonce = || Nonce::assume_unique_for_key(NONCE);
    let mut sealed = plain.to_vec();
    key.seal_in_place_append_tag(nonce(), Aad::from(AAD), &mut sealed)
        .unwrap();
    let mut buffer = sealed.clone();
    Case::new("AES-256-GCM, aws-lc-rs", move || {
        buffer.copy_from_slice(black_box(&sealed));
        black_box(key.open_in_place(nonce(), Aad::from(AAD), &mut buffer)).unwrap();
    })
}

fn with_aes_gcm(plain: &[u8]) -> Case {
    let cipher = Aes256Gcm::new(&KEY.into());
    let mut sealed = plain.to_vec();
    let tag = cipher
        .encrypt_in_place_detached(&NONCE.into(), &AAD, &mut sealed)
        .unwrap();
    let mut buffer = sealed.clone();
    Case::new("AES-256-GCM, aes-gcm", move || {
        buffer.copy_from_slice(black_box(&sealed));
        let opened = cipher.decrypt_in_place_detached(&NONCE.into(), &AAD, &mut buffer, &tag);
        opened.unwrap();
        black_box(&buffer);
    })
}

fn hmac_ring(plain: &[u8]) -> Case {
    use ring::hmac::{HMAC_SHA256, Key, sign, verify};

    let key = Key::new(HMAC_SHA256, &KEY);
    let (plain, tag) = (plain.to_vec(), sign(&key, plain));
    Case::new("HMAC-SHA256, ring", move || {
        verify(&key, black_box(&plain), tag.as_ref()).unwrap();
    })
}

fn hmac_aws_lc(plain: &[u8]) -> Case {
    use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign, verify};

    let key = Key::new(HMAC_SHA256, &KEY);
    let (plain, tag) = (plain.to_vec(), sign(&key, plain));
    Case::new("HMAC-SHA256, aws-lc-rs", move || {
        verify(&key, black_box(&plain), tag.as_ref()).unwrap();
    })
}

fn hmac_sha2(plain: &[u8]) -> Case {
    let key = <Hmac<Sha256> as hmac::Mac>::new_from_slice(&KEY).unwrap();
    let tag = key.clone().chain_update(plain).finalize().into_bytes();
    let plain = plain.to_vec();
    Case::new("HMAC-SHA256, hmac and sha2", move || {
        let check = key.clone().chain_update(black_box(&plain));
        check.verify_slice(&tag).unwrap();
    })
}
