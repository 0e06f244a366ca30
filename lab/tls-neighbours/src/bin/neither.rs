//! An application without TLS of its own, in which rustls has no provider but ours.

use axum::Router;
use axum::routing::get;
use fncy_login_tls_neighbours::{connect, login, start_a_sign_in};
use fncy_login_tower::FncyLoginLayer;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let login = login("http", address);
    let app = Router::new()
        .route("/", get(|| async { "home" }))
        .layer(FncyLoginLayer::new(login));
    tokio::spawn(axum::serve(listener, app).into_future());
    start_a_sign_in(connect(address).await, address.port()).await;
}
