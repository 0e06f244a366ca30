//! https for every site of the run, whatever its name.
//!
//! One certificate is made at the start. The browser is told to believe its key, and nobody else does, so
//! that a page is as secure to it as one with a certificate that somebody signed.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData as _, generate_simple_self_signed};
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// Ends TLS, and hands on to the site that was asked for by name. It goes on until the run is over.
pub(crate) struct Front {
    port: u16,
    key_hash: String,
    sites: Sites,
}

type Sites = Arc<Mutex<HashMap<String, SocketAddr>>>;

impl Front {
    pub(crate) fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["*.example".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let sites = Sites::default();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let served = serve(listener, acceptor, Arc::clone(&sites));
        std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(served);
        });
        let key = digest(&SHA256, &signing_key.subject_public_key_info());
        Self {
            port,
            key_hash: STANDARD.encode(key),
            sites,
        }
    }

    /// From now on this host is this server.
    pub(crate) fn route(&self, host: &str, server: SocketAddr) {
        self.sites.lock().unwrap().insert(host.to_owned(), server);
    }

    /// What a Chromium has to know.
    pub(crate) fn arguments(&self) -> [String; 2] {
        [
            format!(
                "--host-resolver-rules=MAP *.example 127.0.0.1:{}",
                self.port
            ),
            format!("--ignore-certificate-errors-spki-list={}", self.key_hash),
        ]
    }
}

async fn serve(listener: std::net::TcpListener, acceptor: TlsAcceptor, sites: Sites) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, sites) = (acceptor.clone(), Arc::clone(&sites));
        tokio::spawn(hand_on(stream, acceptor, sites));
    }
}

/// A connection that fails is one that the browser gave up, or its page will say so.
async fn hand_on(stream: TcpStream, acceptor: TlsAcceptor, sites: Sites) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let host = stream.get_ref().1.server_name().unwrap_or_default();
    let site = sites.lock().unwrap().get(host).copied();
    let mut site = TcpStream::connect(site.ok_or(std::io::ErrorKind::NotFound)?).await?;
    copy_bidirectional(&mut stream, &mut site).await?;
    Ok(())
}
