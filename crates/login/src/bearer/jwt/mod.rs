//! Access tokens that are JWTs (RFC 9068): their structure, header and signature. The core judges the claims.
//!
//! Rules (RFC 8725):
//! - The application names the algorithms. MACs and `none` are not among them.
//! - A key is one of the set that the application names. Addresses, keys and certificates in a token's header are not
//!   looked at. A key ID is only compared with those of the set.
//! - The kind of the key, its `alg` and its `use` must fit the algorithm of the token.
//! - A claim is read only after the signature was checked.
//! - Header, claims and key set have no repeated member, since two readers would read different values.
//!
//! The cryptography is `ring`, as everywhere in this crate.

pub(crate) mod algorithm;
pub(crate) mod jwt_keys;
mod key_set;
mod public_key;
pub(crate) mod remote_keys;
mod signed_token;
#[cfg(test)]
mod tests;
pub(crate) mod verifier;
