//! A token endpoint without a valid certificate receives no secret (row P30).
//!
//! The environment sets the trusted authorities for the whole process. So these tests run in a process of their own,
//! which trusts a single authority.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fncy_dev_server::DevServer;
use fncy_login::Setting;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::harness::Harness;
use crate::steps::token_answer::{
    ACCESS_TOKEN, Answers, Grant, accepted, assert_nobody_is_signed_out,
};
use crate::world::{APP, World, usual};

/// The variable with the authority that the separate process trusts.
const TRUSTED: &str = "FNCY_TESTS_TRUSTED";

/// An authority that signs certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let text = STANDARD.encode(certificate.der());
        Self {
            issuer: Issuer::new(params, key),
            pem: format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"),
        }
    }

    /// A self-signed certificate. `openssl req -x509` makes an authority's certificate, and a server's only with
    /// `basicConstraints=CA:FALSE`.
    fn of_itself(host: &str, is_ca: IsCa) -> (TlsAcceptor, String) {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, format!("{is_ca:?}"));
        params.is_ca = is_ca;
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let text = STANDARD.encode(certificate.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
        (acceptor(&certificate, &key), pem)
    }

    /// Signs a certificate for a host in these years.
    fn vouch(&self, host: &str, years: std::ops::Range<i32>) -> TlsAcceptor {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_before = date_time_ymd(years.start, 1, 1);
        params.not_after = date_time_ymd(years.end, 1, 1);
        let key = KeyPair::generate().unwrap();
        acceptor(&params.signed_by(&key, &self.issuer).unwrap(), &key)
    }
}

fn acceptor(certificate: &Certificate, key: &KeyPair) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A token endpoint at `localhost` that issues tokens for every request.
struct Server {
    url: String,
    /// The number of decrypted bytes that it has received.
    told: Arc<AtomicUsize>,
}

impl Server {
    async fn start<F, S>(greet: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = Option<S>> + Send,
        S: AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
    {
        let listener = TcpListener::bind("localhost:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let told = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&told);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Some(mut stream) = greet(stream).await {
                    let read = stream.read(&mut [0; 4096]).await.unwrap_or(0);
                    counter.fetch_add(read, Ordering::SeqCst);
                    let answer = format!("HTTP/1.1 200 OK\r\n\r\n{{{ACCESS_TOKEN}}}");
                    // A client that has gone needs no answer.
                    let _ = stream.write_all(answer.as_bytes()).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        Self {
            url: format!("https://localhost:{port}/token"),
            told,
        }
    }

    async fn with(acceptor: TlsAcceptor) -> Self {
        Self::start(move |stream| {
            let acceptor = acceptor.clone();
            async move { acceptor.accept(stream).await.ok() }
        })
        .await
    }

    fn told(&self) -> usize {
        self.told.load(Ordering::SeqCst)
    }
}

impl Answers for Server {
    fn prepare(&self, world: &World) {
        world.restart_at(&self.url);
    }

    fn hears(&self) -> u64 {
        0
    }
}

/// Chooses TLS 1.0 for every client, with a `ServerHello` of RFC 2246, section 7.4.1.3.
///
/// A client that accepts it answers with a handshake, and a client that refuses it with an alert.
async fn greet_of_1999(mut stream: TcpStream) -> Option<TcpStream> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).await.ok()?;
    let mut hello = vec![0; usize::from(u16::from_be_bytes([header[3], header[4]]))];
    stream.read_exact(&mut hello).await.ok()?;
    let version_and_random = [&[3, 1][..], &[7; 32]].concat();
    let no_session_then_suite = [0, 0xc0, 0x13, 0];
    let chosen = [version_and_random.as_slice(), &no_session_then_suite].concat();
    let length = u8::try_from(chosen.len()).unwrap();
    let head = [0x16, 3, 1, 0, length + 4, 2, 0, 0, length];
    stream
        .write_all(&[&head, chosen.as_slice()].concat())
        .await
        .ok()?;
    let is_alert = stream.read_u8().await.ok()? == 0x15;
    (!is_alert).then_some(stream)
}

#[test]
fn p30_who_is_not_vouched_for_is_told_nothing() {
    if let Some(file) = std::env::var_os(TRUSTED) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(meet_servers(Path::new(&file)));
    }
    let file = std::env::temp_dir().join(format!("fncy-login-tests-{}.pem", std::process::id()));
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "driver::tls::p30_who_is_not_vouched_for_is_told_nothing",
        ])
        .env(TRUSTED, &file)
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

async fn meet_servers(file: &Path) {
    let (trusted, unknown) = (Authority::new("trusted"), Authority::new("unknown"));
    let (authority, authority_pem) =
        Authority::of_itself("localhost", IsCa::Ca(BasicConstraints::Unconstrained));
    let (itself, pem) = Authority::of_itself("localhost", IsCa::ExplicitNoCa);
    let all = format!("{}{authority_pem}{pem}", trusted.pem);
    std::fs::write(file, all).unwrap();
    let itself = Server::with(itself).await;
    accepted(&World::new(Harness::Bare), Grant::Code, &itself).await;
    let good = Server::with(trusted.vouch("localhost", 2020..4000)).await;
    for grant in Grant::BOTH {
        accepted(&World::new(Harness::Bare), grant, &good).await;
    }
    assert!(good.told() > 0);
    for (server, why) in [
        (
            Server::with(unknown.vouch("localhost", 2020..4000)).await,
            "UnknownIssuer",
        ),
        (
            Server::with(authority).await,
            "basicConstraints=critical,CA:FALSE",
        ),
        (
            Server::with(trusted.vouch("localhost", 2020..2021)).await,
            "expired",
        ),
        (
            Server::with(trusted.vouch("localhost", 3999..4000)).await,
            "not valid yet",
        ),
        (
            Server::with(trusted.vouch("elsewhere.example", 2020..4000)).await,
            "not valid for name",
        ),
        (
            Server::start(greet_of_1999).await,
            "ServerDoesNotSupportTls12Or13",
        ),
    ] {
        let world = World::new(Harness::Bare);
        assert_nobody_is_signed_out(&world, &server, 503, "provider_unavailable").await;
        assert_eq!(server.told(), 0, "{why}");
        assert!(world.logged().contains(why), "the operator is told: {why}");
    }
}

/// The variable with the proxy's address in the separate process.
const PROXY_PORT: &str = "FNCY_TESTS_PROXY_PORT";

/// A proxy that requires `user:pa ss`, and connects every client to one server. It counts its tunnels.
async fn proxy(listener: TcpListener, server: u16) -> Arc<AtomicUsize> {
    let tunnels = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&tunnels);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let counter = Arc::clone(&counter);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                assert!(
                    head.starts_with("CONNECT fncy.test:443 HTTP/1.1\r\n"),
                    "{head}"
                );
                if !head.contains("Proxy-Authorization: Basic dXNlcjpwYSBzcw==\r\n") {
                    let refused = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
                    return client.write_all(refused).await.unwrap();
                }
                counter.fetch_add(1, Ordering::SeqCst);
                let mut server = TcpStream::connect(("localhost", server)).await.unwrap();
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                // The first side that closes ends the tunnel.
                drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    tunnels
}

#[test]
fn p42_a_proxy_carries_what_it_cannot_read() {
    if let Some(port) = std::env::var_os(PROXY_PORT) {
        let port = port.to_str().unwrap().parse().unwrap();
        let file = std::env::var_os("SSL_CERT_FILE").unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(meet_through_a_proxy(port, Path::new(&file)));
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let file = std::env::temp_dir().join(format!("fncy-login-proxy-{}.pem", std::process::id()));
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "driver::tls::p42_a_proxy_carries_what_it_cannot_read",
        ])
        .env(PROXY_PORT, port.to_string())
        .env(
            "HTTPS_PROXY",
            format!("http://user:pa%20ss@127.0.0.1:{port}"),
        )
        .env("NO_PROXY", "else.test")
        .env("SSL_CERT_FILE", &file)
        .env_remove("SSL_CERT_DIR")
        .env_remove("REQUEST_METHOD")
        .output()
        .unwrap();
    drop(std::fs::remove_file(&file));
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

async fn meet_through_a_proxy(port: u16, file: &Path) {
    let authority = Authority::new("trusted");
    std::fs::write(file, &authority.pem).unwrap();
    let server = Server::with(authority.vouch("fncy.test", 2020..4000)).await;
    let behind = url::Url::parse(&server.url).unwrap().port().unwrap();
    let at = |url: &str| Server {
        url: url.to_owned(),
        told: Arc::clone(&server.told),
    };
    let (known, except) = (at("https://fncy.test/token"), at("https://else.test/token"));

    // While the proxy is down, no user is signed out.
    let world = World::new(Harness::Bare);
    assert_nobody_is_signed_out(&world, &known, 503, "provider_unavailable").await;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let tunnels = proxy(listener, behind).await;
    let world = World::new(Harness::Bare);
    accepted(&world, Grant::Code, &known).await;
    let opened = tunnels.load(Ordering::SeqCst);
    assert!(opened > 0 && server.told() > 0);
    let line = format!("FNCY is asked through a proxy proxy=\"http://127.0.0.1:{port}\"");
    assert!(world.logged().contains(&line), "{}", world.logged());
    let world = World::new(Harness::Bare);
    assert_nobody_is_signed_out(&world, &except, 503, "provider_unavailable").await;
    assert_eq!(tunnels.load(Ordering::SeqCst), opened, "NO_PROXY names it");
    assert!(!world.logged().contains("pa ss") && !world.logged().contains("pa%20ss"));
}

/// The error of an application that can't start, in a separate process with these certificates.
fn refused_with(certificates: &Path) -> String {
    const NAME: &str = "driver::tls::certificates_that_cannot_be_read_are_named";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", NAME, "--nocapture"])
        .env(TRUSTED, "none")
        .env("SSL_CERT_FILE", certificates)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    String::from_utf8_lossy(&child.stdout).into_owned()
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    if std::env::var_os(TRUSTED).is_some() {
        let provider = DevServer::start().unwrap();
        let login = usual(&provider, &format!("{APP}/auth/callback"));
        let login = login.set(Setting::UserinfoUrl, "https://fncy.example/me");
        return println!("{}", login.build().unwrap_err());
    }
    let nowhere = Path::new("/nowhere/authorities.pem");
    let no_certificate = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    for (file, why) in [
        (nowhere, "No such file"),
        (&no_certificate, "SSL_CERT_FILE is"),
    ] {
        let said = refused_with(file);
        for part in [why, file.to_str().unwrap(), "path of a PEM file"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

/// A server, and a file with an authority for it.
struct Vouched<'a>(&'a Server, &'a Path);

impl Answers for Vouched<'_> {
    fn prepare(&self, world: &World) {
        let login = world.usual().set(Setting::TokenUrl, &self.0.url);
        let login = login.set(Setting::CaFile, self.1.to_str().unwrap());
        world.serve(login.build().unwrap());
    }

    fn hears(&self) -> u64 {
        0
    }
}

#[test]
fn p30_an_authority_of_a_file_is_trusted_as_well() {
    let folder = std::env::temp_dir();
    let file = folder.join(format!("fncy-login-ca-{}.pem", std::process::id()));
    let authority = Authority::new("of a file");
    std::fs::write(&file, &authority.pem).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let server = Server::with(authority.vouch("localhost", 2020..4000)).await;
        let world = World::new(Harness::Bare);
        assert_nobody_is_signed_out(&world, &server, 503, "provider_unavailable").await;
        assert_eq!(server.told(), 0);
        for grant in Grant::BOTH {
            accepted(&World::new(Harness::Bare), grant, &Vouched(&server, &file)).await;
        }
        // Trust in one authority doesn't extend to another.
        let other = Authority::new("of nothing").vouch("localhost", 2020..4000);
        let other = Server::with(other).await;
        let world = World::new(Harness::Bare);
        let unknown = Vouched(&other, &file);
        assert_nobody_is_signed_out(&world, &unknown, 503, "provider_unavailable").await;
        assert_eq!(other.told(), 0);
    });
    std::fs::remove_file(&file).unwrap();
    let provider = DevServer::start().unwrap();
    let no_certificate = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    for (file, why) in [
        ("/nowhere/authority.pem", "No such file"),
        (no_certificate.to_str().unwrap(), "no certificate is in it"),
    ] {
        let login = usual(&provider, &format!("{APP}/auth/callback"));
        let error = login.set(Setting::CaFile, file).build().unwrap_err();
        let said = error.to_string();
        assert!(said.contains(file) && said.contains(why), "{said}");
    }
}

#[test]
fn p30_plain_http_is_for_this_machine() {
    let provider = DevServer::start().unwrap();
    for setting in [
        Setting::BaseUrl,
        Setting::AuthorizeUrl,
        Setting::TokenUrl,
        Setting::UserinfoUrl,
        Setting::RevocationUrl,
        Setting::SignOutUrl,
    ] {
        for address in ["http://fncy.example/", "http://10.0.0.1/", "http://[::2]/"] {
            let login = usual(&provider, &format!("{APP}/auth/callback")).set(setting, address);
            assert!(login.build().unwrap_err().names(setting), "{address}");
        }
    }
}
