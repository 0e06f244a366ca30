//! Debian's nginx with the recipe's configurations, met over TLS.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{Request, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fncy_login_testing::{App, AppError, Endpoint, Fault, TestFncy};
use fncy_login_tests::real_server::nginx::Nginx;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::{TcpListener, UnixStream};
use tokio_rustls::TlsConnector;

use super::{Paths, UPSTREAM, app};

const HOST: &str = "app.example";

/// An nginx, and the certificate that it shows.
struct Front {
    nginx: Nginx,
    certificate: CertificateDer<'static>,
}

impl Front {
    /// One with this configuration in front of a port; `None` where it is not installed.
    async fn start(name: &str, config: &str, port: u16) -> Option<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([HOST.to_owned()]).unwrap();
        let nginx = Nginx::start(name, |folder| {
            std::fs::write(folder.join("certificate"), pem("CERTIFICATE", cert.der())).unwrap();
            std::fs::write(
                folder.join("key"),
                pem("PRIVATE KEY", &signing_key.serialize_der()),
            )
            .unwrap();
            on_this_machine(folder, config, port)
        });
        Some(Self {
            nginx: nginx.await?,
            certificate: cert.der().clone(),
        })
    }

    /// A connection of its own for each request.
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = UnixStream::connect(self.nginx.socket()).await?;
        let stream = TlsConnector::from(Arc::new(tls))
            .connect(HOST.try_into()?, stream)
            .await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let answer = sender.send_request(request.map(Full::new)).await?;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}

impl App for &Front {
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        self.exchange(request).await
    }
}

/// As RFC 7468 has it; nginx minds no long line.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// The recipe's server, with what is different on this machine.
fn on_this_machine(folder: &Path, config: &str, port: u16) -> String {
    let mut config = config.to_owned();
    for (there, here) in [
        (
            "443 ssl",
            format!("unix:{} ssl", Nginx::socket_in(folder).display()),
        ),
        ("/etc/ssl/certs/app.example.pem", "certificate".to_owned()),
        ("/etc/ssl/private/app.example.key", "key".to_owned()),
        (UPSTREAM, format!("127.0.0.1:{port}")),
    ] {
        assert_eq!(config.matches(there).count(), 1, "{there}");
        config = config.replace(there, &here);
    }
    config
}

/// Signs in, orders and signs out, with sessions small and large.
async fn is_of_use(name: &str, config: &str, paths: Paths) -> Result<(), Box<dyn Error>> {
    let fncy = TestFncy::setup()
        .redirect_uri(format!("https://{HOST}/shop/auth/callback"))
        .start()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(axum::serve(listener, app(fncy.login(), paths)?).into_future());
    let Some(nginx) = Front::start(name, config, port).await else {
        return Ok(());
    };

    let alex = fncy.visitor(&nginx);
    let home = alex.get("/shop/").send().await?;
    assert!(
        home.text().contains("href=\"/shop/orders\""),
        "{}",
        home.text()
    );
    let back = alex.sign_in_at("/shop/orders?a=1", "alex").await?;
    assert_eq!(back.location(), Some("/shop/orders?a=1"));
    assert!(
        alex.get("/shop/orders?a=1")
            .send()
            .await?
            .text()
            .contains("ordered by alex")
    );
    let out = alex.post("/shop/auth/logout").send().await?;
    assert!(
        out.location().unwrap().starts_with("/shop/auth/logout"),
        "{out:?}"
    );
    assert_eq!(alex.get("/shop/orders").send().await?.status(), 303);

    let tokens = format!(
        r#"{{"access_token":"{}","expires_in":300}}"#,
        "t".repeat(9_000)
    );
    fncy.fault(Endpoint::Token, Fault::status(200).json(&tokens).once());
    fncy.fault(
        Endpoint::UserData,
        Fault::status(200).json(r#"{"id":"jun"}"#).once(),
    );
    let jun = fncy.signed_in("jun", &nginx).await?;
    assert!(jun.cookie_header().len() > 12_000);
    assert!(
        jun.get("/shop/orders")
            .send()
            .await?
            .text()
            .contains("ordered by jun")
    );
    Ok(())
}

#[tokio::test]
async fn whole_paths_are_passed_on() -> Result<(), Box<dyn Error>> {
    is_of_use(
        "whole",
        include_str!("../../nginx/whole.conf"),
        Paths::Whole,
    )
    .await
}

#[tokio::test]
async fn the_sub_path_is_stripped() -> Result<(), Box<dyn Error>> {
    let config = include_str!("../../nginx/stripped.conf");
    is_of_use("stripped", config, Paths::Stripped).await
}
