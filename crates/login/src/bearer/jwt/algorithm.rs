//! The signature algorithms of JWTs.

/// A signature algorithm for [`JwtKeys::algorithms`](crate::JwtKeys::algorithms) (RFC 7518, section 3.1).
///
/// Each has a public key for the check and a private key for the signature. Algorithms with one secret for both, such as
/// `HS256`, are missing: a published key could then sign tokens (RFC 8725, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtAlgorithm {
    /// `ES256`: ECDSA on P-256.
    Es256,
    /// `ES384`: ECDSA on P-384.
    Es384,
    /// `EdDSA` with Ed25519 (RFC 8037, section 3.1), also called `Ed25519` (RFC 9864, section 2.2).
    EdDsa,
    /// `PS256`: RSASSA-PSS with SHA-256.
    Ps256,
    /// `PS384`: RSASSA-PSS with SHA-384.
    Ps384,
    /// `PS512`: RSASSA-PSS with SHA-512.
    Ps512,
    /// `RS256`: RSASSA-PKCS1-v1_5 with SHA-256, which each server of RFC 9068 supports.
    Rs256,
    /// `RS384`: RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// `RS512`: RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
}

impl JwtAlgorithm {
    /// The algorithm of a name. Names are compared byte by byte (RFC 7515, section 4.1.1).
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            _ => return None,
        })
    }
}
