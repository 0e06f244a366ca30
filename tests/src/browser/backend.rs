//! The servers of origins.
//!
//! An `https` origin is served without TLS, in this process or at a loopback socket, as if a proxy in front of it ended
//! TLS. If the server doesn't answer, the response is the proxy's 502 or 504.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::Pin;

use super::wire::{self, RawRequest, RawResponse};

/// Answers the requests to an origin.
pub trait Backend: Send + Sync {
    /// Answers one request.
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>>;
}

/// A function can be a backend, for a provider or an application of a few lines.
impl<F> Backend for F
where
    F: Fn(&RawRequest) -> RawResponse + Send + Sync,
{
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        let response = self(&request);
        Box::pin(async move { response })
    }
}

/// A server of plain http at an address.
#[derive(Clone, Copy, Debug)]
pub struct Socket(pub SocketAddr);

impl Backend for Socket {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        Box::pin(async move {
            wire::send(self.0, &request).await.unwrap_or_else(|error| {
                let status = if error.kind() == ErrorKind::TimedOut {
                    504
                } else {
                    502
                };
                RawResponse::new(status).with_body(format!("{}: {error}", self.0))
            })
        })
    }
}
