//! Three instances on addresses of loopback: one that serves, one that is not ready, and one that does not run.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use fncy_login::LoginBuilder;
use fncy_login_tower::{CurrentUser, FncyLoginLayer};
use futures_util::StreamExt as _;
use futures_util::stream::{once, pending};
use tokio::net::TcpListener;

/// The ports of all instances, as an orchestrator gives them.
pub(in crate::real_server) struct Instances {
    /// Where the proxy finds the application.
    pub(in crate::real_server) port: u16,
    /// Where the probes are.
    pub(in crate::real_server) operations: u16,
}

/// The address of an instance.
pub(super) fn host(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 0, 0, number)
}

impl Instances {
    /// Starts them. The second one answers each request with 503, as does its readiness probe.
    pub(super) async fn start(login: LoginBuilder) -> Self {
        let login = login.public_path("/seen").build().unwrap();
        let application = Router::new()
            .route("/", get(async |user: CurrentUser| user.id().to_owned()))
            .route("/seen", get(seen))
            .route("/events", get(events))
            .route("/socket", get(socket));
        let application = FncyLoginLayer::new(login).wrap(application);
        let ready = Router::new().route("/ready", get(StatusCode::OK));
        let stopping = Router::new().fallback(StatusCode::SERVICE_UNAVAILABLE);
        let (serving, port) = listen(1, 0).await;
        let (probe, operations) = listen(1, 0).await;
        tokio::spawn(axum::serve(serving, application).into_future());
        tokio::spawn(axum::serve(probe, ready).into_future());
        for port in [port, operations] {
            let (listener, _) = listen(2, port).await;
            tokio::spawn(axum::serve(listener, stopping.clone()).into_future());
        }
        Self { port, operations }
    }
}

async fn listen(number: u8, port: u16) -> (TcpListener, u16) {
    let listener = TcpListener::bind(SocketAddr::from((host(number), port)));
    let listener = listener.await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// The headers of the request as they arrive, a line each.
async fn seen(headers: HeaderMap) -> String {
    let lines = headers.iter();
    lines
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect()
}

/// One event, and then a long silence.
async fn events(_: CurrentUser) -> Response {
    let event = async { Ok::<_, Infallible>(Bytes::from_static(b"data: first\n\n")) };
    let stream = once(event).chain(pending());
    let kind = [("content-type", "text/event-stream")];
    (kind, Body::from_stream(stream)).into_response()
}

async fn socket(user: CurrentUser, upgrade: WebSocketUpgrade) -> Response {
    let hello = format!("hello {}", user.id());
    upgrade.on_upgrade(async move |mut socket: WebSocket| {
        socket.send(hello.into()).await.unwrap();
        // Until the other side leaves.
        socket.recv().await;
    })
}
