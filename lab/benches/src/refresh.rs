//! Sign-ins, and a refresh with the requests that wait for it, over loopback and TLS. The provider answers at once.
//!
//! Each exchange opens a connection and resumes its TLS session, as with FNCY. The server speaks TLS 1.2: there a resumed
//! handshake ends with the client, and without `TCP_NODELAY` the request waits for an acknowledgement. In TLS 1.3 the
//! server's tickets bring that at once.

use std::rc::Rc;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fncy_login::adapter::{Decision, Verdict};
use fncy_login::{Login, Setting};
use futures_util::future::join_all;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::version::TLS12;
use url::Url;

use crate::interleave::Case;
use crate::sample::{Get, HandClock, Provider, TOKEN_LEN, set, sign_in, start};

/// Beyond the life of every token here, in seconds.
const LATER: u64 = 2;

/// Refreshes with one request and with a hundred at once, and sign-ins of one person and of twelve at once.
pub async fn cases() -> Vec<Case> {
    let provider = Rc::new(Provider::start().await);
    provider.set_token_life(1);
    let clock = HandClock::at_start();
    let (address, _) = start(&provider.login(|builder| builder)).await;
    let (base, authority) = tls_before(Url::parse(&address).unwrap().port().unwrap()).await;
    let file = std::env::temp_dir().join(format!("fncy-login-bench-{}.pem", std::process::id()));
    std::fs::write(&file, authority).unwrap();
    let login = provider.login(|builder| {
        builder
            .set(Setting::BaseUrl, &base)
            .set(Setting::UserinfoUrl, format!("{base}/user"))
            .set(Setting::CaFile, file.to_str().unwrap())
            .clock(Arc::clone(&clock))
    });
    std::fs::remove_file(&file).unwrap();
    let mut cases = Vec::new();
    for (name, requests) in [
        ("refresh, 1 request", 1),
        ("refresh, 100 requests at once", 100),
    ] {
        let mut cookies = sign_in(&login, TOKEN_LEN).await;
        let (login, clock, provider) = (login.clone(), Arc::clone(&clock), Rc::clone(&provider));
        cases.push(Case::waiting(name, async move || {
            clock.advance(LATER);
            let before = provider.tokens_issued();
            let head = Get::page(cookies.as_str());
            let given = join_all((0..requests).map(|_| refreshed(&login, &head))).await;
            assert_eq!(provider.tokens_issued() - before, 1, "one refresh for all");
            cookies = set(given[0].iter().map(String::as_str));
        }));
    }
    for (name, people) in [("a whole sign-in", 1), ("12 whole sign-ins at once", 12)] {
        let login = login.clone();
        cases.push(Case::waiting(name, async move || {
            let signed_in = join_all((0..people).map(|_| sign_in(&login, TOKEN_LEN))).await;
            assert!(
                signed_in
                    .iter()
                    .all(|cookies| cookies.contains("_session="))
            );
        }));
    }
    cases
}

/// Takes TLS off before a port of this machine: the address, and the certificate to trust as PEM.
async fn tls_before(port: u16) -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.unwrap();
    let base = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                client.set_nodelay(true).unwrap();
                let mut client = acceptor.accept(client).await.unwrap();
                let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                server.set_nodelay(true).unwrap();
                // A client that has its answer leaves as it likes.
                drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
            });
        }
    });
    let text = STANDARD.encode(made.cert.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    (base, pem)
}

/// The cookies of a session whose token has expired.
async fn refreshed(login: &Login, head: &Get) -> Vec<String> {
    let Decision::Later(verdict) = login.decide(head, None) else {
        unreachable!("the token has expired");
    };
    match verdict.await {
        Verdict::Admit { patch, .. } => patch.header_changes(false).cookies,
        Verdict::Reply(reply) => unreachable!("the provider answers: {reply:?}"),
    }
}
