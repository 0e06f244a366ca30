//! The crate `getrandom` 0.2 for simulated worlds: random bytes that depend on a seed of the thread.
//!
//! The same seed gives the same session ids, and so the same times of refreshes.

use std::cell::Cell;
use std::fmt;

thread_local! {
    static STATE: Cell<u64> = const { Cell::new(0) };
}

/// Sets the seed of this thread.
pub fn seed(seed: u64) {
    STATE.set(seed);
}

/// Fills a buffer with the next bytes.
///
/// # Errors
///
/// Never. The signature is that of the real crate.
pub fn getrandom(bytes: &mut [u8]) -> Result<(), Error> {
    for chunk in bytes.chunks_mut(8) {
        let mut state = STATE.get();
        let word = next(&mut state);
        STATE.set(state);
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
    Ok(())
}

/// The next number of SplitMix64 (Steele, Lea and Flood, 2014).
pub fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// The error of the real crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no random bytes")
    }
}

impl std::error::Error for Error {}
