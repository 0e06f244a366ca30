//! The keys of JWTs: ES256 (RFC 7518 section 3.4), as a key set with the newest first (RFC 7517).

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::error::Unspecified;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Map, Value, json};

use crate::system::lock::lock;

/// At least one key. The last one signs.
pub(crate) struct SigningKeys(Mutex<Vec<Arc<SigningKey>>>);

pub(crate) struct SigningKey {
    pair: EcdsaKeyPair,
    random: SystemRandom,
    /// The thumbprint of the public key (RFC 7638).
    id: String,
}

impl SigningKeys {
    pub(crate) fn new() -> Result<Self, Unspecified> {
        Ok(Self(Mutex::new(vec![Arc::new(SigningKey::new()?)])))
    }

    /// Adds a key, which signs from now on.
    pub(crate) fn add(&self) -> Result<(), Unspecified> {
        let key = Arc::new(SigningKey::new()?);
        lock(&self.0).push(key);
        Ok(())
    }

    #[expect(
        clippy::expect_used,
        reason = "`new` makes a key, and no method removes it"
    )]
    pub(crate) fn newest(&self) -> Arc<SigningKey> {
        let keys = lock(&self.0);
        Arc::clone(keys.last().expect("the set has a key"))
    }

    /// The public keys.
    pub(crate) fn jwks(&self) -> Value {
        let keys = lock(&self.0);
        let keys: Vec<_> = keys.iter().rev().map(|key| key.public()).collect();
        json!({ "keys": keys })
    }
}

impl SigningKey {
    fn new() -> Result<Self, Unspecified> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random)?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random)?;
        let (x, y) = coordinates(&pair);
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        Ok(Self { pair, random, id })
    }

    fn public(&self) -> Value {
        let (x, y) = coordinates(&self.pair);
        json!({
            "kty": "EC", "crv": "P-256", "x": x, "y": y,
            "use": "sig", "alg": "ES256", "kid": self.id,
        })
    }

    /// The compact form of a signed JWT (RFC 7515 section 7.1), with the key's `alg` and `kid` if the
    /// header has none.
    #[expect(
        clippy::expect_used,
        reason = "signing fails only without randomness, which the key's creation needed too"
    )]
    pub(crate) fn sign(&self, mut header: Map<String, Value>, claims: &Value) -> String {
        header.entry("alg").or_insert_with(|| json!("ES256"));
        header.entry("kid").or_insert_with(|| json!(self.id));
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&Value::Object(header)), encode(claims));
        let signature = self.pair.sign(&self.random, signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.expect("the system has randomness"));
        format!("{signed}.{signature}")
    }
}

/// The coordinates of the public point, in base64url. The point is a byte 4, then both.
fn coordinates(pair: &EcdsaKeyPair) -> (String, String) {
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    use serde_json::{Map, json};

    use super::SigningKeys;

    #[test]
    fn the_newest_key_of_the_set_verifies_what_it_signs() {
        let keys = SigningKeys::new().unwrap();
        let first = keys.jwks()["keys"][0].clone();
        keys.add().unwrap();
        let set = keys.jwks();
        assert_eq!(set["keys"][1], first);
        let key = &set["keys"][0];
        assert_ne!(key["kid"], first["kid"]);

        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
        let [x, y] = ["x", "y"].map(|name| decode(key[name].as_str().unwrap()));
        let point = [&[4][..], &x, &y].concat();
        let token = keys.newest().sign(Map::new(), &json!({ "sub": "alex" }));
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        public
            .verify(signed.as_bytes(), &decode(signature))
            .unwrap();
    }
}
