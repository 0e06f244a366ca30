//! A wrapped router as axum's users meet it: served, layered, nested.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use axum::routing::get;
use fncy_login_tower::FncyLoginLayer;
use http::{HeaderValue, Request};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;
use tower::util::MapRequestLayer;

use super::login;

/// The first line and the body of an answer of a server on loopback.
async fn answer(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: app.example\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn it_is_served_as_it_is_and_with_the_clients_address() {
    async fn whose(client: Option<axum::Extension<ConnectInfo<SocketAddr>>>) -> String {
        client.map_or_else(String::new, |client| client.0.0.ip().to_string())
    }
    let (login, _provider) = login("", |builder| builder.public_path("/"));
    let app = FncyLoginLayer::new(login).wrap(Router::new().route("/", get(whose)));
    let (listener, address) = listen().await;
    let served = tokio::spawn(axum::serve(listener, app.clone()).into_future());
    let text = answer(address).await;
    assert!(
        text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"),
        "{text}"
    );
    served.abort();

    let (listener, address) = listen().await;
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    let served = tokio::spawn(axum::serve(listener, app).into_future());
    let text = answer(address).await;
    assert!(text.ends_with("\r\n\r\n127.0.0.1"), "{text}");
    served.abort();
}

#[tokio::test]
async fn layers_of_axum_and_of_tower_go_outside() {
    let (login, _provider) = login("", |builder| builder.public_path("/page"));
    let router = Router::new().route("/page", get(async || "page"));
    let trimmed = MapRequestLayer::new(|mut request: Request<Body>| {
        *request.uri_mut() = "/page".parse().unwrap();
        request
    });
    let marked = axum::middleware::map_response(async |mut response: Response| {
        let mark = HeaderValue::from_static("1");
        response.headers_mut().insert("x-outside", mark);
        response
    });
    let app = FncyLoginLayer::new(login)
        .wrap(router)
        .layer(marked)
        .layer(trimmed);
    let request = Request::get("/page/").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-outside"], "1");
}
