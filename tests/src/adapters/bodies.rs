//! The tower service takes any body: inside a compression layer, and around a plain hyper service.

use std::convert::Infallible;

use fncy_login_tower::FncyLoginLayer;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer as _, ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::compression::CompressionLayer;

use super::login;
use crate::browser::RawRequest;
use crate::browser::wire;

type Bytes = hyper::body::Bytes;

async fn hello<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Full::from("hello ".repeat(100))))
}

#[tokio::test]
async fn beneath_a_compression_layer() {
    let (login, _provider) = login("", |builder| builder.public_path("/public"));
    let service = ServiceBuilder::new()
        .layer(CompressionLayer::new().gzip(true))
        .layer(FncyLoginLayer::new(login))
        .service(service_fn(hello::<Empty<Bytes>>));
    for (path, accept, status) in [
        ("/public", "*/*", StatusCode::OK),
        ("/page", "*/*", StatusCode::UNAUTHORIZED),
        ("/page", "text/html", StatusCode::SEE_OTHER),
    ] {
        let request = Request::get(path)
            .header("accept", accept)
            .header("accept-encoding", "gzip")
            .body(Empty::<Bytes>::new())
            .unwrap();
        let response = service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), status);
        let is_compressed = response.headers().contains_key("content-encoding");
        assert_eq!(
            is_compressed,
            status != StatusCode::SEE_OTHER,
            "{path} {accept}"
        );
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body.is_empty(), status == StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn round_a_plain_hyper_service() {
    let (login, _provider) = login("", |builder| builder.public_path("/public"));
    let service = FncyLoginLayer::new(login).layer(service_fn(hello::<hyper::body::Incoming>));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            let service = TowerToHyperService::new(service.clone());
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await
                .unwrap();
        }
    });
    for (path, status) in [("/public", 200), ("/page", 401)] {
        let request = RawRequest::new("GET", path).with_header("host", "app.example");
        let response = wire::send(address, &request).await.unwrap();
        assert_eq!(response.status, status);
        assert!(!response.body.is_empty());
    }
    server.await.unwrap();
}
