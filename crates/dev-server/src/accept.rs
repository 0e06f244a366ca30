//! Connections, and the one thing a router cannot do: closing one instead of answering.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

use crate::provider::Provider;
use crate::routes::routes;

/// Marks an answer that must not arrive.
#[derive(Clone, Copy)]
pub(crate) struct LostAnswer;

pub(crate) async fn accept(listener: TcpListener, provider: Arc<Provider>) {
    let router = routes(provider);
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, router.clone()));
            }
            // Most likely out of file descriptors, which closing connections will give back.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // Only costs latency if it fails.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(router.clone(), request));
    // A connection ends with an error when an answer is lost or the client leaves: nothing to do.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    mut router: Router,
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<Response, &'static str> {
    let Ok(response) = router
        .call(request.map(axum::body::Body::new) as Request)
        .await;
    match response.extensions().get::<LostAnswer>() {
        None => Ok(response),
        // An error of the service makes hyper close the connection without a word.
        Some(LostAnswer) => Err("the answer is lost on purpose"),
    }
}
