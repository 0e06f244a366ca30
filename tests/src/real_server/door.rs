//! A proxy in front of a provider's token and revocation endpoints, which records requests and answers.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::Response;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::browser::{Backend, RawRequest, RawResponse, wire};
use crate::harness::serve_router;

const MAX_BODY: usize = 64 * 1024;

/// A request and its answer.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The request, as the provider received it.
    pub request: RawRequest,
    /// The answer, as the provider sent it.
    pub response: RawResponse,
}

/// The proxy of one application.
pub struct Door {
    origin: String,
    passing: Passing,
    _server: Arc<dyn Backend>,
}

#[derive(Clone)]
struct Passing {
    provider: SocketAddr,
    passed: Arc<Mutex<Vec<Passed>>>,
}

impl Door {
    /// A proxy in front of this provider.
    pub fn before(provider: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let passing = Passing {
            provider,
            passed: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(passing.clone());
        Self {
            origin,
            passing,
            _server: serve_router(listener, router),
        }
    }

    /// Its origin, without a slash at the end.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// All exchanges, in the order of the answers.
    pub fn passed(&self) -> Vec<Passed> {
        self.passing.passed.lock().unwrap().clone()
    }

    /// Sends a request that is not the application's.
    pub async fn send(&self, request: RawRequest) -> RawResponse {
        self.passing.send(request).await
    }
}

impl Passing {
    async fn send(&self, request: RawRequest) -> RawResponse {
        let request = request.with_header("Host", self.provider.to_string());
        let response = wire::send(self.provider, &request).await.unwrap();
        self.passed.lock().unwrap().push(Passed {
            request,
            response: response.clone(),
        });
        response
    }
}

async fn pass(State(passing): State<Passing>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let mut raw = RawRequest::new(head.method.as_str(), head.uri.path())
        .with_body(to_bytes(body, MAX_BODY).await.unwrap());
    for name in [AUTHORIZATION, CONTENT_TYPE] {
        if let Some(value) = head.headers.get(&name) {
            raw = raw.with_header(name.as_str(), value);
        }
    }
    let answer = passing.send(raw).await;
    let content_type = answer.header("content-type").unwrap_or_default();
    Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, content_type)
        .body(Body::from(answer.body))
        .unwrap()
}
