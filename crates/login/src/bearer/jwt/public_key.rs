//! A public key of a key set (RFC 7518, section 6; RFC 8037, section 2), and the check of a signature.
//!
//! Rules:
//! - An RSA modulus has 2048 to 8192 bits, and no mark of the chips whose keys can be factored (ROCA, CVE-2017-15361).
//! - Coordinates have the full length of their curve. `ring` refuses points that are not on it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::error::Unspecified;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents,
    UnparsedPublicKey, VerificationAlgorithm,
};
use serde_json::{Map, Value};

use crate::bearer::jwt::algorithm::JwtAlgorithm;

/// A public key, of one kind.
pub(crate) enum PublicKey {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    /// A point as `ring` takes it: the byte 4 and both coordinates.
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// The way to check a signature.
enum Check<'a> {
    Rsa(&'static RsaParameters, &'a RsaPublicKeyComponents<Vec<u8>>),
    Other(&'static dyn VerificationAlgorithm, &'a [u8]),
}

impl PublicKey {
    /// The key of a JWK. `None` if its kind is not known, or a part of it is missing or wrong.
    pub(crate) fn parse(jwk: &Map<String, Value>) -> Option<Self> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let bytes = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let coordinate = |name, length| bytes(name).filter(|bytes| bytes.len() == length);
        let point = |length| {
            let (x, y) = (coordinate("x", length)?, coordinate("y", length)?);
            Some([&[4][..], &x, &y].concat())
        };
        match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => point(32).map(Self::P256),
            ("EC", Some("P-384")) => point(48).map(Self::P384),
            ("OKP", Some("Ed25519")) => coordinate("x", 32).map(Self::Ed25519),
            ("RSA", _) => {
                let (n, e) = (without_zeros(bytes("n")?), without_zeros(bytes("e")?));
                let bits = n.len() * 8 - n.first()?.leading_zeros() as usize;
                let is_sound = (2048..=8192).contains(&bits) && !is_of_roca(&n);
                is_sound.then_some(Self::Rsa(RsaPublicKeyComponents { n, e }))
            }
            _ => None,
        }
    }

    /// Whether the key is of the kind that the algorithm needs.
    pub(crate) fn fits(&self, algorithm: JwtAlgorithm) -> bool {
        self.check(algorithm).is_some()
    }

    /// Checks a signature.
    pub(crate) fn verify(
        &self,
        algorithm: JwtAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Unspecified> {
        match self.check(algorithm).ok_or(Unspecified)? {
            Check::Rsa(parameters, key) => key.verify(parameters, message, signature),
            Check::Other(algorithm, key) => {
                UnparsedPublicKey::new(algorithm, key).verify(message, signature)
            }
        }
    }

    fn check(&self, algorithm: JwtAlgorithm) -> Option<Check<'_>> {
        Some(match (self, algorithm) {
            (Self::P256(key), JwtAlgorithm::Es256) => Check::Other(&ECDSA_P256_SHA256_FIXED, key),
            (Self::P384(key), JwtAlgorithm::Es384) => Check::Other(&ECDSA_P384_SHA384_FIXED, key),
            (Self::Ed25519(key), JwtAlgorithm::EdDsa) => Check::Other(&ED25519, key),
            (Self::Rsa(key), _) => Check::Rsa(rsa(algorithm)?, key),
            _ => return None,
        })
    }
}

fn rsa(algorithm: JwtAlgorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        JwtAlgorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        JwtAlgorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        JwtAlgorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        JwtAlgorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        JwtAlgorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        JwtAlgorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        JwtAlgorithm::Es256 | JwtAlgorithm::Es384 | JwtAlgorithm::EdDsa => return None,
    })
}

/// A number without zeros at its start, which some servers write against RFC 7518, section 6.3.1.1.
fn without_zeros(mut number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.drain(..zeros);
    number
}

/// Whether a modulus has the mark of the ROCA keys: modulo each of these primes, it is a power of 65537.
fn is_of_roca(modulus: &[u8]) -> bool {
    const PRIMES: [u32; 17] = [
        11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157,
    ];
    PRIMES.iter().all(|prime| {
        let digits = modulus.iter();
        let rest = digits.fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % prime);
        let powers = std::iter::successors(Some(1), |power| Some(power * 65537 % prime));
        powers.take(*prime as usize).any(|power| power == rest)
    })
}
