//! A server that is met over TLS, such as a proxy: its certificate, and a client that trusts this certificate alone.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fncy_login_testing::{App, AppError};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// The host of each certificate.
pub const HOST: &str = "app.example";

/// A server at an address, with a certificate of its own.
#[derive(Clone, Debug)]
pub struct OverTls {
    /// Where it listens.
    pub address: SocketAddr,
    certificate: CertificateDer<'static>,
}

impl OverTls {
    /// A server whose configuration names the files `certificate` and `key`, which are written into its folder.
    ///
    /// # Panics
    ///
    /// If the files can't be written.
    pub fn new(address: SocketAddr, folder: &Path) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let files = [
            ("certificate", pem("CERTIFICATE", cert.der())),
            ("key", pem("PRIVATE KEY", &signing_key.serialize_der())),
        ];
        for (name, content) in files {
            std::fs::write(folder.join(name), content).unwrap();
        }
        Self {
            address,
            certificate: cert.der().clone(),
        }
    }

    /// A connection for one request.
    ///
    /// # Errors
    ///
    /// If the server doesn't listen, or shows another certificate.
    ///
    /// # Panics
    ///
    /// If the certificate can't be trusted as a root.
    pub async fn connect(&self) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await?;
        let name = ServerName::try_from(HOST).unwrap();
        TlsConnector::from(Arc::new(tls))
            .connect(name, stream)
            .await
    }
}

impl App for &OverTls {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        let stream = TokioIo::new(self.connect().await?);
        let (mut sender, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection);
        let answer = sender.send_request(request.map(Full::new)).await?;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

/// As RFC 7468 has it, but for the long line, which no proxy minds.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}
