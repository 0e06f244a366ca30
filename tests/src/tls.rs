//! Row P30: a provider whose certificate nobody vouches for is told nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fncy_login::Setting;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::harness::Harness;
use crate::world::{APP, World, usual};

/// A server for `localhost` that counts the bytes it is told over TLS.
async fn untrusted_server() -> (u16, Arc<AtomicUsize>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let read = stream.read(&mut [0; 1024]).await.unwrap_or(0);
            counter.fetch_add(read, Ordering::SeqCst);
        }
    });
    (port, told)
}

#[tokio::test]
async fn p30_a_certificate_that_nobody_signed_ends_the_exchange() {
    let world = World::new(Harness::Bare);
    let (port, told) = untrusted_server().await;
    let login = usual(&world.provider, &format!("{APP}/auth/callback"))
        .set(Setting::TokenUrl, format!("https://localhost:{port}/token"))
        .clock(world.clock());
    world.serve(login.build().unwrap());
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let page = tab.get(&callback).await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("<code>provider_unavailable</code>"));
    assert!(
        world.logged().contains("certificate"),
        "the operator is told why"
    );
    assert_eq!(told.load(Ordering::SeqCst), 0, "and the server nothing");
}
