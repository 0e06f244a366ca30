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
    let aad = associated_data(machine, kind, key);
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
    let aad = associated_data(machine, kind, key);
    machine
        .vault
        .keys()
        .open_long(Purpose::Shared, &aad, text, read)
}

fn associated_data(machine: &Machine, kind: &str, key: &[u8; 32]) -> Vec<u8> {
    let vault = &machine.vault;
    let purpose = format!("shared {kind}");
    vault.aad(&purpose, vault.cookies.session_name(), key)
}
