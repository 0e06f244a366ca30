//! The cryptography of TLS to the provider, from `ring`.
//!
//! rustls has the same in its feature `ring`. Cargo turns a feature on for the whole application, and rustls panics if
//! `ring` and `aws-lc-rs` are both on and the application chooses neither. So this crate turns on neither.
//!
//! Rules:
//! - The process-wide provider of rustls is neither read nor installed.
//! - The algorithms are those of rustls' own provider on `ring`, in the same order.
//! - This module makes no decision about the protocol: rustls decides what is sent, and webpki which certificates are
//!   trusted.

mod cipher;
mod hash;
mod key_exchange;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use ring::aead::{AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305};
use ring::rand::{SecureRandom as _, SystemRandom};
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{
    CipherSuiteCommon, CryptoProvider, GetRandomFailed, KeyExchangeAlgorithm, KeyProvider,
    SecureRandom, WebPkiSupportedAlgorithms,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;
use rustls::{
    CipherSuite, Error, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};
use webpki::ring as signatures;

use crate::tls::cipher::Aead;
use crate::tls::hash::{SHA256, SHA384, Sha};
use crate::tls::key_exchange::{P256, P384, X25519};

/// The cryptography for clients without a certificate of their own.
pub(crate) fn provider() -> CryptoProvider {
    let tls13 = TLS13.iter().map(SupportedCipherSuite::Tls13);
    let tls12 = TLS12.iter().map(SupportedCipherSuite::Tls12);
    CryptoProvider {
        cipher_suites: tls13.chain(tls12).collect(),
        kx_groups: vec![&X25519, &P256, &P384],
        signature_verification_algorithms: SIGNATURES,
        secure_random: &System,
        key_provider: &System,
    }
}

/// The common part of suites for both versions: a cipher, and a hash for the keys.
struct Bulk {
    aead: Aead,
    sha: &'static Sha,
    hkdf: HkdfUsingHmac<'static>,
    prf: PrfUsingHmac<'static>,
    confidentiality_limit: u64,
}

impl Bulk {
    const fn new(aead: Aead, sha: &'static Sha, confidentiality_limit: u64) -> Self {
        Self {
            aead,
            sha,
            hkdf: HkdfUsingHmac(sha),
            prf: PrfUsingHmac(sha),
            confidentiality_limit,
        }
    }

    const fn common(&'static self, suite: CipherSuite) -> CipherSuiteCommon {
        CipherSuiteCommon {
            suite,
            hash_provider: self.sha,
            confidentiality_limit: self.confidentiality_limit,
        }
    }

    const fn tls13(&'static self, suite: CipherSuite) -> Tls13CipherSuite {
        Tls13CipherSuite {
            common: self.common(suite),
            hkdf_provider: &self.hkdf,
            aead_alg: &self.aead,
            quic: None,
        }
    }

    const fn tls12(
        &'static self,
        suite: CipherSuite,
        sign: &'static [SignatureScheme],
    ) -> Tls12CipherSuite {
        Tls12CipherSuite {
            common: self.common(suite),
            prf_provider: &self.prf,
            kx: KeyExchangeAlgorithm::ECDHE,
            sign,
            aead_alg: &self.aead,
        }
    }
}

/// Records under one key of AES-GCM: fewer than the 2^24.5 of RFC 8446, section 5.5.
const GCM_LIMIT: u64 = 1 << 24;
/// Bytes of the nonce that a record of TLS 1.2 carries with AES-GCM (RFC 5288, section 3).
const GCM_EXPLICIT: usize = 8;

static AES_256: Bulk = Bulk::new(Aead::new(&AES_256_GCM, GCM_EXPLICIT), &SHA384, GCM_LIMIT);
static AES_128: Bulk = Bulk::new(Aead::new(&AES_128_GCM, GCM_EXPLICIT), &SHA256, GCM_LIMIT);
/// Without a limit (RFC 8446, section 5.5), and without a nonce in the record (RFC 7905, section 2).
static CHACHA: Bulk = Bulk::new(Aead::new(&CHACHA20_POLY1305, 0), &SHA256, u64::MAX);

static TLS13: [Tls13CipherSuite; 3] = [
    AES_256.tls13(CipherSuite::TLS13_AES_256_GCM_SHA384),
    AES_128.tls13(CipherSuite::TLS13_AES_128_GCM_SHA256),
    CHACHA.tls13(CipherSuite::TLS13_CHACHA20_POLY1305_SHA256),
];

static TLS12: [Tls12CipherSuite; 6] = [
    AES_256.tls12(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, ECDSA),
    AES_128.tls12(CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, ECDSA),
    CHACHA.tls12(
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ECDSA,
    ),
    AES_256.tls12(CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, RSA),
    AES_128.tls12(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, RSA),
    CHACHA.tls12(
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        RSA,
    ),
];

/// The signature schemes of the ECDSA suites of TLS 1.2 (RFC 8422, section 2).
static ECDSA: &[SignatureScheme] = &[
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP256_SHA256,
];

static RSA: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PKCS1_SHA512,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA256,
];

static SIGNATURES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        signatures::ECDSA_P256_SHA256,
        signatures::ECDSA_P256_SHA384,
        signatures::ECDSA_P384_SHA256,
        signatures::ECDSA_P384_SHA384,
        signatures::ED25519,
        signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        signatures::RSA_PKCS1_2048_8192_SHA256,
        signatures::RSA_PKCS1_2048_8192_SHA384,
        signatures::RSA_PKCS1_2048_8192_SHA512,
        signatures::RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        signatures::RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ],
    // TLS 1.3 uses the first algorithm of a scheme only. In TLS 1.2 a scheme doesn't name the curve.
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[signatures::ECDSA_P384_SHA384, signatures::ECDSA_P256_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[signatures::ECDSA_P256_SHA256, signatures::ECDSA_P384_SHA256],
        ),
        (SignatureScheme::ED25519, &[signatures::ED25519]),
        (
            SignatureScheme::RSA_PSS_SHA512,
            &[signatures::RSA_PSS_2048_8192_SHA512_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PSS_SHA384,
            &[signatures::RSA_PSS_2048_8192_SHA384_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PSS_SHA256,
            &[signatures::RSA_PSS_2048_8192_SHA256_LEGACY_KEY],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA512,
            &[signatures::RSA_PKCS1_2048_8192_SHA512],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA384,
            &[signatures::RSA_PKCS1_2048_8192_SHA384],
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA256,
            &[signatures::RSA_PKCS1_2048_8192_SHA256],
        ),
    ],
};

/// Random bytes of the operating system, and no private key.
#[derive(Debug)]
struct System;

impl SecureRandom for System {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), GetRandomFailed> {
        SystemRandom::new().fill(bytes).map_err(|_| GetRandomFailed)
    }
}

impl KeyProvider for System {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General("this client has no certificate".to_owned()))
    }
}
