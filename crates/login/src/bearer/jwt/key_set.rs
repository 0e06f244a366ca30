//! A set of public keys (RFC 7517, section 5).
//!
//! Rules:
//! - A key that can't be used is left out (section 5), for example one for encryption or of an unknown kind.
//! - A token chooses a key by its ID. If it has none, the set must have only one key for its algorithm.

use fncy_login_core::strict_object;
use serde_json::{Map, Value};

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::public_key::PublicKey;

/// At least one key.
pub(crate) struct KeySet(Vec<Key>);

struct Key {
    id: Option<String>,
    /// The only algorithm that the key is for.
    algorithm: Option<JwtAlgorithm>,
    key: PublicKey,
}

/// Why the set has no key for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// No key has the token's key ID. A newer set may have it.
    Unknown,
    /// The keys are for other algorithms, or more than one fits.
    Unfit,
}

impl KeySet {
    /// Reads a set. `None` if the text is no key set, or has no key that can be used.
    pub(crate) fn parse(json: &[u8]) -> Option<Self> {
        let set = strict_object(json)?;
        let keys = set.get("keys")?.as_array()?.iter();
        let keys: Vec<_> = keys
            .filter_map(|jwk| Key::parse(jwk.as_object()?))
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key for a token with this key ID and algorithm.
    pub(crate) fn find(
        &self,
        id: Option<&str>,
        algorithm: JwtAlgorithm,
    ) -> Result<&PublicKey, NoKey> {
        let mut named = self
            .0
            .iter()
            .filter(|key| id.is_none() || key.id.as_deref() == id);
        let mut named = named.by_ref().peekable();
        named.peek().ok_or(NoKey::Unknown)?;
        let mut fitting = named.filter(|key| key.fits(algorithm));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(&key.key),
            _ => Err(NoKey::Unfit),
        }
    }
}

impl Key {
    fn parse(jwk: &Map<String, Value>) -> Option<Self> {
        let verifies = |operations: &Value| {
            let mut operations = operations.as_array().into_iter().flatten();
            operations.any(|operation| operation == "verify")
        };
        let is_for_signatures = jwk.get("use").is_none_or(|purpose| purpose == "sig")
            && jwk.get("key_ops").is_none_or(verifies);
        if !is_for_signatures {
            return None;
        }
        let text = |name| match jwk.get(name) {
            None => Some(None),
            Some(value) => value.as_str().map(Some),
        };
        let algorithm = match text("alg")? {
            None => None,
            Some(name) => Some(JwtAlgorithm::from_name(name)?),
        };
        Some(Self {
            id: text("kid")?.map(str::to_owned),
            algorithm,
            key: PublicKey::parse(jwk)?,
        })
    }

    fn fits(&self, algorithm: JwtAlgorithm) -> bool {
        self.algorithm.is_none_or(|own| own == algorithm) && self.key.fits(algorithm)
    }
}
