//! Row K20: no nonce and no salt is used twice.
//!
//! These tests prove that entropy is not cut short, started over, or used for two texts on its way into a seal. They
//! compare 90 bits of each nonce. Two of 2^20 random nonces agree there with a probability of 2^-51. With half as many
//! random bits, some would almost surely collide. The generator itself is trusted.

use std::thread;

use crate::request::return_to::ReturnTo;
use crate::request::site::Site;
use crate::seal::key_ring::KeyRing;
use crate::seal::keys::Keys;
use crate::seal::purpose::Purpose;
use crate::sign_in::demands::Demands;
use crate::sign_in::transaction::Transaction;
use crate::values::entropy::{Entropy, pair};
use crate::values::timestamp::Timestamp;

const SEALS: usize = 1 << 20;
/// Each one derives a key, which takes longer.
const LOGINS: usize = 1 << 14;
const THREADS: usize = 2;
/// The number of draws that are taken at once.
const BATCH: usize = 1 << 10;
/// The characters of a text that depend only on the nonce or the salt. The header of 40 bits ends in the seventh
/// character, and the nonce of 96 bits in the 23rd.
const NONCE: std::ops::Range<usize> = 7..22;

fn keys() -> Keys {
    let ring = KeyRing::new(b"0123456789abcdefghijklmnopqrstuv", &[] as &[&[u8]]);
    ring.unwrap().bound_to(b"")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test of what becomes of entropy must draw some"
)]
fn draw(times: usize, mut each: impl FnMut(Entropy)) {
    let mut draws = vec![[[0; 32]; 3]; BATCH];
    for _ in 0..times / BATCH {
        getrandom::getrandom(draws.as_flattened_mut().as_flattened_mut()).unwrap();
        draws.iter().for_each(|draw| each(Entropy::new(*draw)));
    }
}

fn nonce_of(text: &str) -> u128 {
    let mut bytes = [0; 16];
    bytes[1..].copy_from_slice(&text.as_bytes()[NONCE]);
    u128::from_be_bytes(bytes)
}

/// Puts the nonces into buckets. In an unoptimised build that takes a fraction of the time of sorting.
fn assert_distinct(nonces: &[u128], count: usize) {
    assert_eq!(nonces.len(), count);
    let mut buckets: Vec<Vec<u128>> = vec![Vec::new(); count];
    for nonce in nonces {
        // An odd factor with scattered bits spreads them. This one is 2^128 divided by the golden ratio.
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
fn k20_transactions_share_no_salt() {
    let (keys, mut salts) = (keys(), Vec::with_capacity(LOGINS));
    let site = Site::new("https://app.example/auth/callback", "/auth", false).unwrap();
    draw(LOGINS, |entropy| {
        let (now, return_to) = (Timestamp::from_unix(0), ReturnTo::root(&site));
        let (_, salt) = Transaction::start(return_to, Demands::default(), [0; 8], now, entropy);
        salts.push(nonce_of(&keys.seal_login(salt, b"", b"")));
    });
    assert_distinct(&salts, LOGINS);
}
