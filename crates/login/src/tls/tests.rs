//! Our cryptography with rustls' own at the other end: each suite, each curve, each kind of certificate.

use std::sync::Arc;

use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519,
    PKCS_RSA_SHA256,
};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::pki_types::{PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, HandshakeKind, NamedGroup, RootCertStore,
    ServerConfig, ServerConnection, SupportedCipherSuite, SupportedProtocolVersion,
};

use crate::tls::provider;

/// More than four records.
static LONG: [u8; 70_000] = [7; 70_000];

/// A key of each kind. ring can't make an RSA key, so that one is a file, for these tests only.
fn keys() -> [KeyPair; 4] {
    let rsa = include_bytes!("test-rsa-key.der").as_slice();
    let rsa = PrivateKeyDer::Pkcs8(rsa.into());
    let new = |algorithm| KeyPair::generate_for(algorithm).unwrap();
    [
        new(&PKCS_ECDSA_P256_SHA256),
        new(&PKCS_ECDSA_P384_SHA384),
        new(&PKCS_ED25519),
        KeyPair::from_der_and_sign_algo(&rsa, &PKCS_RSA_SHA256).unwrap(),
    ]
}

/// The key that fits a suite.
fn key_for(suite: SupportedCipherSuite) -> KeyPair {
    let [ecdsa, .., rsa] = keys();
    let is_rsa = format!("{:?}", suite.suite()).contains("_RSA_");
    if is_rsa { rsa } else { ecdsa }
}

/// A server with rustls' own provider on ring, and a client with ours that trusts it.
fn pair(
    theirs: CryptoProvider,
    version: &'static SupportedProtocolVersion,
    key: &KeyPair,
) -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let params = CertificateParams::new(["fncy.example".to_owned()]).unwrap();
    let certificate = params.self_signed(key).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(theirs))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (Arc::new(server), Arc::new(client))
}

fn connections(
    server: &Arc<ServerConfig>,
    client: &Arc<ClientConfig>,
) -> (ServerConnection, ClientConnection) {
    let name = ServerName::try_from("fncy.example").unwrap();
    (
        ServerConnection::new(Arc::clone(server)).unwrap(),
        ClientConnection::new(Arc::clone(client), name).unwrap(),
    )
}

/// Carries all bytes from one side to the other, and returns the text that the other side reads.
fn carry<A, B>(
    from: &mut ConnectionCommon<A>,
    to: &mut ConnectionCommon<B>,
    read: &mut Vec<u8>,
) -> Result<(), rustls::Error> {
    while from.wants_write() {
        let mut wire = Vec::new();
        from.write_tls(&mut wire).unwrap();
        let mut wire = wire.as_slice();
        while !wire.is_empty() {
            to.read_tls(&mut wire).unwrap();
            let state = to.process_new_packets()?;
            let old = read.len();
            read.resize(old + state.plaintext_bytes_to_read(), 0);
            std::io::Read::read_exact(&mut to.reader(), &mut read[old..]).unwrap();
        }
    }
    Ok(())
}

/// A handshake, and a long text in each direction.
fn talk(
    server: &Arc<ServerConfig>,
    client: &Arc<ClientConfig>,
) -> (ServerConnection, ClientConnection) {
    let (mut server, mut client) = connections(server, client);
    server.set_buffer_limit(None);
    client.set_buffer_limit(None);
    std::io::Write::write_all(&mut server.writer(), &LONG).unwrap();
    std::io::Write::write_all(&mut client.writer(), &LONG).unwrap();
    let (mut heard, mut told) = (Vec::new(), Vec::new());
    while client.wants_write() || server.wants_write() {
        carry(&mut client, &mut server, &mut told).unwrap();
        carry(&mut server, &mut client, &mut heard).unwrap();
    }
    assert!(heard == LONG && told == LONG);
    (server, client)
}

fn theirs(suite: SupportedCipherSuite) -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![suite],
        ..rustls::crypto::ring::default_provider()
    }
}

fn with_groups(groups: Vec<&'static dyn SupportedKxGroup>) -> CryptoProvider {
    CryptoProvider {
        kx_groups: groups,
        ..rustls::crypto::ring::default_provider()
    }
}

#[test]
fn the_algorithms_are_those_of_rustls() {
    let (ours, theirs) = (provider(), rustls::crypto::ring::default_provider());
    let suites = |of: &CryptoProvider| -> Vec<_> {
        of.cipher_suites.iter().map(|suite| suite.suite()).collect()
    };
    let groups =
        |of: &CryptoProvider| -> Vec<_> { of.kx_groups.iter().map(|group| group.name()).collect() };
    assert_eq!(suites(&ours), suites(&theirs));
    assert_eq!(groups(&ours), groups(&theirs));
    let schemes = |of: &CryptoProvider| of.signature_verification_algorithms.supported_schemes();
    assert_eq!(schemes(&ours), schemes(&theirs));
    let all = |of: &CryptoProvider| -> Vec<_> {
        let all = of.signature_verification_algorithms.all.iter();
        all.map(|one| (one.public_key_alg_id(), one.signature_alg_id()))
            .collect()
    };
    assert_eq!(all(&ours), all(&theirs));
    let limits = |of: &CryptoProvider| -> Vec<_> {
        let limit = |suite: &SupportedCipherSuite| match suite {
            SupportedCipherSuite::Tls12(suite) => suite.common.confidentiality_limit,
            SupportedCipherSuite::Tls13(suite) => suite.common.confidentiality_limit,
        };
        of.cipher_suites.iter().map(limit).collect()
    };
    assert_eq!(limits(&ours), limits(&theirs));
}

#[test]
fn each_suite_is_spoken_and_resumed() {
    for suite in rustls::crypto::ring::ALL_CIPHER_SUITES {
        let name = format!("{:?}", suite.suite());
        let version = suite.version();
        let (server, client) = pair(theirs(*suite), version, &key_for(*suite));
        for kind in [HandshakeKind::Full, HandshakeKind::Resumed] {
            let (_, client) = talk(&server, &client);
            assert_eq!(client.handshake_kind(), Some(kind), "{name}");
            let negotiated = client.negotiated_cipher_suite().unwrap();
            assert_eq!(negotiated.suite(), suite.suite());
        }
    }
}

#[test]
fn each_curve_is_spoken() {
    use rustls::crypto::ring::kx_group::{SECP256R1, SECP384R1, X25519};
    let [key, ..] = keys();
    for group in [X25519, SECP256R1, SECP384R1] {
        for version in [&TLS12, &TLS13] {
            let (server, client) = pair(with_groups(vec![group]), version, &key);
            let (_, client) = talk(&server, &client);
            let used = client.negotiated_key_exchange_group().unwrap();
            assert_eq!(used.name(), group.name());
        }
    }
}

#[test]
fn each_certificate_is_verified() {
    for key in &keys() {
        for version in [&TLS12, &TLS13] {
            let theirs = rustls::crypto::ring::default_provider();
            let (server, client) = pair(theirs, version, key);
            talk(&server, &client);
        }
    }
}

#[test]
fn a_changed_record_is_refused() {
    for suite in rustls::crypto::ring::ALL_CIPHER_SUITES {
        let name = format!("{:?}", suite.suite());
        let configs = pair(theirs(*suite), suite.version(), &key_for(*suite));
        let (mut server, mut client) = talk(&configs.0, &configs.1);
        std::io::Write::write_all(&mut server.writer(), b"a secret").unwrap();
        let mut wire = Vec::new();
        server.write_tls(&mut wire).unwrap();
        *wire.last_mut().unwrap() ^= 1;
        client.read_tls(&mut wire.as_slice()).unwrap();
        let refused = client.process_new_packets().unwrap_err();
        assert_eq!(refused, rustls::Error::DecryptError, "{name}");
        // A record that is shorter than a tag.
        let (_, mut client) = talk(&configs.0, &configs.1);
        client
            .read_tls(&mut [23, 3, 3, 0, 2, 1, 2].as_slice())
            .unwrap();
        let refused = client.process_new_packets().unwrap_err();
        assert_eq!(refused, rustls::Error::DecryptError, "{name}");
    }
}

#[test]
fn a_point_off_the_curve_is_refused() {
    for group in provider().kx_groups {
        let len = if group.name() == NamedGroup::X25519 {
            32
        } else {
            97
        };
        for share in [vec![0; len], Vec::new(), vec![4; len - 1]] {
            assert!(group.start().unwrap().complete(&share).is_err());
        }
    }
}
