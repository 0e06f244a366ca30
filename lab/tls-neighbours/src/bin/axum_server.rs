//! An application of axum that axum-server serves by TLS, with rustls' defaults.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum_server::tls_rustls::RustlsConfig;
use fncy_login_tls_neighbours::tls::Identity;
use fncy_login_tls_neighbours::{login, start_a_sign_in};
use fncy_login_tower::FncyLoginLayer;
use tokio_rustls::rustls::ServerConfig;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.set_nonblocking(true).expect("it is a socket");
    let address = listener.local_addr().expect("it is bound");
    let app = Router::new()
        .route("/", get(|| async { "home" }))
        .layer(FncyLoginLayer::new(login("https", address)));
    let identity = Identity::new();
    // As most write it: with the provider that rustls finds by itself.
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key())
        .expect("the key fits the certificate");
    let server =
        axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(Arc::new(config)));
    tokio::spawn(
        server
            .expect("it is a socket")
            .serve(app.into_make_service()),
    );
    start_a_sign_in(identity.connect(address).await, address.port()).await;
}
