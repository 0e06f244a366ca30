//! Key exchange: ECDHE on three curves.

use std::fmt;

use ring::agreement::{
    self, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral,
};
use ring::rand::SystemRandom;
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};

pub(super) static X25519: Group = Group(NamedGroup::X25519, &agreement::X25519);
pub(super) static P256: Group = Group(NamedGroup::secp256r1, &ECDH_P256);
pub(super) static P384: Group = Group(NamedGroup::secp384r1, &ECDH_P384);

/// A curve.
pub(super) struct Group(NamedGroup, &'static agreement::Algorithm);

/// One exchange on a curve.
struct KeyExchange {
    name: NamedGroup,
    curve: &'static agreement::Algorithm,
    private: EphemeralPrivateKey,
    public: agreement::PublicKey,
}

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let private = EphemeralPrivateKey::generate(self.1, &SystemRandom::new());
        let private = private.map_err(|_| GetRandomFailed)?;
        let public = private.compute_public_key().map_err(|_| GetRandomFailed)?;
        Ok(Box::new(KeyExchange {
            name: self.0,
            curve: self.1,
            private,
            public,
        }))
    }

    fn name(&self) -> NamedGroup {
        self.0
    }
}

impl ActiveKeyExchange for KeyExchange {
    /// `ring` refuses a key that is no point of the curve, and a secret of zeros (RFC 8446, section 7.4.2).
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let peer = UnparsedPublicKey::new(self.curve, peer);
        agree_ephemeral(self.private, &peer, |secret| SharedSecret::from(secret))
            .map_err(|_| PeerMisbehaved::InvalidKeyShare.into())
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_ref()
    }

    fn group(&self) -> NamedGroup {
        self.name
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
