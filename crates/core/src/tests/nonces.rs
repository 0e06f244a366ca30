//! Matrix row K20: no nonce and no salt comes twice.
//!
//! What this proves: on the way from the operating system's entropy to a sealed text nothing is cut
//! short, counted from the start again, or used for two texts. Of 2^20 random nonces two agree in the
//! 90 bits that are compared with a probability of 2^-51; nonces with half as many random bits would
//! collide nearly surely. It proves nothing of the generator itself, which is trusted.

use std::thread;

use crate::request::return_to::ReturnTo;
use crate::request::site::Site;
use crate::seal::key_ring::KeyRing;
use crate::seal::purpose::Purpose;
use crate::sign_in::transaction::Transaction;
use crate::values::entropy::{Entropy, pair};
use crate::values::timestamp::Timestamp;

const SEALS: usize = 1 << 20;
/// Each derives a key, which takes longer.
const LOGINS: usize = 1 << 14;
const THREADS: usize = 2;
/// How many times entropy is drawn at once.
const BATCH: usize = 1 << 10;
/// Characters of a text that say nothing but its nonce: the header of 40 bits ends in the seventh, and
/// the nonce of 96 in the 23rd. So do the first characters of a salt.
const NONCE: std::ops::Range<usize> = 7..22;

fn keys() -> KeyRing {
    KeyRing::new(b"0123456789abcdefghijklmnopqrstuv", &[] as &[&[u8]]).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test of what becomes of entropy must draw some"
)]
fn draw(times: usize, mut each: impl FnMut(Entropy)) {
    let mut bytes = vec![0; BATCH * Entropy::LEN];
    for _ in 0..times / BATCH {
        getrandom::getrandom(&mut bytes).unwrap();
        let (draws, _) = bytes.as_chunks();
        draws.iter().for_each(|draw| each(Entropy::new(draw)));
    }
}

fn nonce_of(text: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes[1..].copy_from_slice(&text.as_bytes()[NONCE]);
    u128::from_be_bytes(bytes)
}

/// Sorts into buckets, which takes an unoptimised build a fraction of what sorting takes.
fn assert_distinct(nonces: &[u128], count: usize) {
    assert_eq!(nonces.len(), count);
    let mut buckets: Vec<Vec<u128>> = vec![Vec::new(); count];
    for nonce in nonces {
        // Any odd factor with scattered bits spreads them: this one is 2^128 / the golden ratio.
        let spread = nonce.wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835) >> 64;
        let bucket = &mut buckets[usize::try_from(spread).unwrap() % count];
        assert!(!bucket.contains(nonce), "a nonce came twice");
        bucket.push(*nonce);
    }
}

/// Two seals from each draw, as a refresh has them.
fn seal(count: usize) -> Vec<u128> {
    let (keys, mut nonces) = (keys(), Vec::with_capacity(count));
    draw(count / 2, |Entropy([session, tokens, _])| {
        for (purpose, block) in [(Purpose::Session, session), (Purpose::Tokens, tokens)] {
            let (nonce, []) = pair(&block);
            nonces.push(nonce_of(&keys.seal(purpose, nonce, b"", b"")));
        }
    });
    nonces
}

#[test]
fn k20_a_million_seals_have_a_million_nonces() {
    let threads = [(); THREADS].map(|()| thread::spawn(|| seal(SEALS / THREADS)));
    let nonces = threads.map(|thread| thread.join().unwrap());
    assert_distinct(&nonces.concat(), SEALS);
}

#[test]
fn k20_logins_share_no_salt() {
    let (keys, mut salts) = (keys(), Vec::with_capacity(LOGINS));
    let site = Site::new("https://app.example/auth/callback", "/auth", false).unwrap();
    draw(LOGINS, |entropy| {
        let (now, return_to) = (Timestamp::from_unix(0), ReturnTo::root(&site));
        let (_, salt) = Transaction::start(return_to, [0; 8], now, entropy);
        salts.push(nonce_of(&keys.seal_login(salt, b"", b"")));
    });
    assert_distinct(&salts, LOGINS);
}
