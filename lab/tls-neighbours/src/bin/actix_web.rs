//! An application of actix-web that serves TLS itself, with rustls' defaults.

use std::net::TcpListener;

use actix_web::{App, HttpServer, web};
use fncy_login_actix::FncyLogin;
use fncy_login_tls_neighbours::tls::Identity;
use fncy_login_tls_neighbours::{login, start_a_sign_in};
use tokio_rustls::rustls::ServerConfig;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let login = login("https", address);
    let identity = Identity::new();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![identity.certificate.clone()], identity.key.clone_key())
        .expect("the key fits the certificate");
    let server = HttpServer::new(move || {
        App::new()
            .wrap(FncyLogin::new(login.clone()))
            .route("/", web::get().to(async || "home"))
    });
    let server = server
        .workers(1)
        .disable_signals()
        .listen_rustls_0_23(listener, config)
        .expect("it is a socket")
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    start_a_sign_in(identity.connect(address).await, address.port()).await;
    handle.stop(false).await;
}
