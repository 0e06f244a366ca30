//! The examples with connections that outlive their request, while the user signs out elsewhere.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::scope;
use fncy_login_actix::FncyLogin;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::browser::{Context, Socket, Tab};
use crate::harness::{Harness, serve_configured, serve_router};
use crate::steps::session::sign_out;
use crate::world::{APP, World};

/// A world with the example in place of the toy application, and a signed-in user.
async fn signed_in(world: &World, example: std::net::SocketAddr) -> (Tab, Vec<u8>) {
    world.browser.route(APP, Socket(example));
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/", "alex").await;
    assert!(page.text().contains("<script src=\"/live.js\" defer>"));
    assert_eq!(tab.get(&format!("{APP}/live.js")).await.status, 200);
    let url = url::Url::parse(APP).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite);
    (tab, cookies.unwrap())
}

/// Sends a request on a connection with a timeout for reads.
async fn connect(to: std::net::SocketAddr, headers: &str, cookies: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let head = format!("GET /ticks HTTP/1.1\r\nhost: app.example\r\n{headers}cookie: ");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(cookies).await.unwrap();
    stream.write_all(b"\r\n\r\n").await.unwrap();
    stream
}

/// Reads until this text arrives.
async fn until(stream: &mut TcpStream, read: &mut Vec<u8>, text: &str) {
    let reading = async {
        while !String::from_utf8_lossy(read).contains(text) {
            assert_ne!(stream.read_buf(read).await.unwrap(), 0, "it ended before");
        }
    };
    let came = timeout(Duration::from_secs(8), reading).await;
    assert!(came.is_ok(), "{text}: {}", String::from_utf8_lossy(read));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_ends_with_its_session() {
    let world = World::new(Harness::Bare);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let _served = serve_router(listener, axum_live::app(world.login.clone()));
    let (mut tab, cookies) = signed_in(&world, address).await;

    let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let foreign = format!("{upgrade}origin: https://evil.example\r\n");
    let mut refused = connect(address, &foreign, &cookies).await;
    until(&mut refused, &mut Vec::new(), "HTTP/1.1 403").await;
    let own = format!("{upgrade}origin: {APP}\r\n");
    let mut nobody = connect(address, &own, b"a=b").await;
    until(&mut nobody, &mut Vec::new(), "HTTP/1.1 401").await;

    let mut socket = connect(address, &own, &cookies).await;
    let mut read = Vec::new();
    until(&mut socket, &mut read, "HTTP/1.1 101").await;
    until(&mut socket, &mut read, "seconds left.").await;
    sign_out(&mut tab).await;
    until(&mut socket, &mut read, "you were signed out").await;
    // A closing frame (RFC 6455, section 5.5.1) of so many bytes, for reason 1008.
    let reason = b"you were signed out";
    let start = read.len() - reason.len();
    assert_eq!(read[start - 4..start], [0x88, 21, 0x03, 0xf0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stream_ends_with_its_session() {
    let world = World::new(Harness::Bare);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let login = world.login.clone();
    let _served = serve_configured(listener, move |config| {
        let layer = FncyLogin::new(login.clone());
        let example = scope("").wrap(layer).configure(actix_live::configure);
        config.service(example);
    });
    let (mut tab, cookies) = signed_in(&world, address).await;

    let mut stream = connect(address, "accept: text/event-stream\r\n", &cookies).await;
    let mut read = Vec::new();
    until(&mut stream, &mut read, "text/event-stream").await;
    until(&mut stream, &mut read, "event: tick\ndata: Hello, ").await;
    sleep(Duration::from_millis(1_200)).await;
    sign_out(&mut tab).await;
    until(
        &mut stream,
        &mut read,
        "event: end\ndata: you were signed out\n\n",
    )
    .await;
}
