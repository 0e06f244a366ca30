//! Sealed results that the instances of an application share through their store.
//!
//! Rules:
//! - Every text is sealed, since the store is not trusted.
//! - A text is bound to the piece of work that it is the result of, so that no other text can take its place.
//! - A text that does not open counts as missing.

use crate::machine::machine::Machine;
use crate::seal::purpose::Purpose;
use crate::values::entropy::{Entropy, pair};

/// Seals the result of the work that `key` names.
pub(crate) fn seal(
    machine: &Machine,
    kind: &str,
    key: &[u8; 32],
    body: &[u8],
    Entropy([nonce, ..]): &Entropy,
) -> String {
    let (nonce, []) = pair(nonce);
    let aad = associated_data(kind, key);
    machine
        .vault
        .keys()
        .seal(Purpose::Shared, nonce, &aad, body)
}

/// Opens what [`seal`] made for the same work.
pub(crate) fn open<T>(
    machine: &Machine,
    kind: &str,
    key: &[u8; 32],
    text: &[u8],
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Option<T> {
    let aad = associated_data(kind, key);
    machine
        .vault
        .keys()
        .open_pieces(Purpose::Shared, &aad, &[text], read)
}

/// The key has one length, so that two pieces of work never give the same bytes.
fn associated_data(kind: &str, key: &[u8; 32]) -> Vec<u8> {
    [kind.as_bytes(), key].concat()
}
