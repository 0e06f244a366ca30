//! Serves connections, and closes a connection whose response is lost on purpose.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

use crate::server::observe::LostResponse;
use crate::server::routes::routes;
use crate::state::provider::Provider;

pub(crate) async fn accept(listener: TcpListener, provider: Arc<Provider>) {
    let router = routes(provider);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, router.clone()));
            }
            // The most likely cause is a lack of file descriptors. A closed connection frees one.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // A failure costs latency only.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| respond(router.clone(), request));
    // The connection ends with an error if a response is lost or the client leaves.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn respond(
    mut router: Router,
    request: hyper::Request<Incoming>,
) -> Result<Response, &'static str> {
    let Ok(response) = router.call(request.map(Body::new)).await;
    match response.extensions().get::<LostResponse>() {
        None => Ok(response),
        // hyper closes the connection without a response if the service fails.
        Some(LostResponse) => Err("the response is lost on purpose"),
    }
}
