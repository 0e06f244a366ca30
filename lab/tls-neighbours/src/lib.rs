//! What the applications have in common: settings, and a browser that starts a sign-in.

use std::net::SocketAddr;

use fncy_login_tower::{Login, Setting};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A login at FNCY by https.
pub fn login(scheme: &str, address: SocketAddr) -> Login {
    Login::builder()
        .set(Setting::BaseUrl, "https://127.0.0.1:1")
        .set(Setting::UserinfoUrl, "https://127.0.0.1:1/me")
        .set(Setting::ClientId, "neighbour")
        .set(Setting::ClientSecret, "of a test")
        .set(
            Setting::CookieSecret,
            "vLx1cWQnVX3xJcMo0bAhOHq7YCl7Z0g8Dn1n2Rr3Fyk=",
        )
        .set(
            Setting::RedirectUri,
            format!("{scheme}://localhost:{}/auth/callback", address.port()),
        )
        .set(
            Setting::DangerInsecureCookies,
            if scheme == "http" { "1" } else { "0" },
        )
        .build()
        .expect("the settings are complete")
}

/// Opens a page as a browser does.
///
/// # Panics
///
/// If that leads elsewhere than to FNCY.
pub async fn start_a_sign_in(mut stream: impl AsyncRead + AsyncWrite + Unpin, port: u16) {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nConnection: close\r\n\r\n"
    );
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is read");
    let mut answer = Vec::new();
    // A server may leave without the end of TLS.
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8(answer).expect("an answer of ours is text");
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    assert!(
        answer.contains("ocation: https://127.0.0.1:1/v1/oauth2/authorize?"),
        "{answer}"
    );
}

/// Connects to a port of this machine.
///
/// # Panics
///
/// If no server is there.
pub async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address)
        .await
        .expect("the server listens")
}

/// A certificate for `localhost`, and a client that trusts it and has what rustls finds by itself.
#[cfg(feature = "tls")]
pub mod tls {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use tokio::net::TcpStream;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    /// What a server has to show.
    pub struct Identity {
        /// Its certificate.
        pub certificate: CertificateDer<'static>,
        /// The key of that.
        pub key: PrivateKeyDer<'static>,
    }

    impl Identity {
        /// One of `localhost`, which vouches for itself.
        ///
        /// # Panics
        ///
        /// If there is no randomness.
        #[must_use]
        pub fn new() -> Self {
            let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
            let made = made.expect("a certificate can be made");
            Self {
                certificate: made.cert.der().clone(),
                key: PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into()),
            }
        }

        /// A connection to the server that shows it.
        ///
        /// # Panics
        ///
        /// If rustls finds no provider, or the server shows something else.
        pub async fn connect(&self, address: SocketAddr) -> TlsStream<TcpStream> {
            let mut roots = RootCertStore::empty();
            roots
                .add(self.certificate.clone())
                .expect("it is a certificate");
            let config = ClientConfig::builder()
                .with_root_certificates(roots)
                .with_no_client_auth();
            let name = ServerName::try_from("localhost").expect("it is a name");
            let stream = super::connect(address).await;
            let connecting = TlsConnector::from(Arc::new(config)).connect(name, stream);
            connecting
                .await
                .expect("the server is the one that we trust")
        }
    }
}
