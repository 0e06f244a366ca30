//! JWTs that are made here, against the check.

mod hostile;
mod key_sets;
mod remote;
mod signer;
mod wycheproof;
