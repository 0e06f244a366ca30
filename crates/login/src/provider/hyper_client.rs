//! The default HTTP client: hyper and rustls.
//!
//! Rules:
//! - It follows no redirect, keeps no cookie, and reads a body up to a limit.
//! - It doesn't pool connections: the provider may close a pooled connection at any time, and the request on it would
//!   be lost and must not be sent twice. TLS sessions are resumed instead.

use std::sync::Arc;

use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

use crate::provider::connector::{Connector, Proxies};
use crate::provider::http_client::{HttpClient, HttpClientError, HttpExchange};
use crate::tls;

/// A client for the provider's endpoints.
pub(crate) struct HyperClient(Client<HttpsConnector<Connector>, Full<Bytes>>);

impl HyperClient {
    /// A client that trusts these authorities.
    pub(crate) fn new(roots: RootCertStore, proxies: Proxies) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "our provider has cipher suites for TLS 1.2 and 1.3"
        )]
        let tls = ClientConfig::builder_with_provider(Arc::new(tls::provider()))
            .with_safe_default_protocol_versions()
            .expect("our provider supports the default protocol versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        // Plain http reaches loopback only, since `SecureUrl` refuses other addresses.
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Connector::new(proxies));
        Self(
            Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(0)
                .build(connector),
        )
    }

    async fn exchange(
        &self,
        request: Request<Vec<u8>>,
        limit: usize,
    ) -> Result<Response<Vec<u8>>, HttpClientError> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let response = self.0.request(request).await.map_err(|error| {
            if error.is_connect() {
                HttpClientError::NoConnection(error.into())
            } else {
                HttpClientError::Interrupted(error.into())
            }
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, limit).collect().await;
        let body = body.map_err(|error| {
            if error.is::<LengthLimitError>() {
                HttpClientError::TooLarge
            } else {
                HttpClientError::Interrupted(error)
            }
        })?;
        Ok(Response::from_parts(head, body.to_bytes().to_vec()))
    }
}

impl HttpClient for HyperClient {
    fn send(&self, request: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_> {
        Box::pin(self.exchange(request, limit))
    }
}
