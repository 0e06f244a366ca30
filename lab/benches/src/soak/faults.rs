//! Faults of the provider, switched on and off one after the other over its control interface.
//!
//! Rule: no fault uses a refresh token up and loses the answer. A provider that notices reuse ends such a session, and no
//! client could prevent that.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::sleep;

/// One is on for half of this, in seconds, and then off; in a short run, for a share of it.
const TURN: u64 = 10;

/// What the token endpoint does. One that hangs does so for longer than anybody waits.
const FAULTS: [&str; 6] = [
    r#"{"status": 503, "body": "busy"}"#,
    r#"{"status": 429, "headers": [["retry-after", "1"]]}"#,
    r#"{"status": 503, "delay_ms": 60000}"#,
    r#"{"status": 200, "headers": [["content-length", "900"]], "body": "{\"access_token\": \"cut"}"#,
    r#"{"status": 200, "body": "<html>Sorry</html>"}"#,
    r#"{"delay_ms": 300}"#,
];

/// The provider's control interface.
pub(super) struct Control {
    address: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Control {
    /// That of the provider at an address.
    pub(super) fn new(provider: &str) -> Self {
        Self {
            address: format!("{provider}/_dev/faults"),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Switches faults on and off for so long, and says how many there were.
    pub(super) async fn run(&self, length: Duration) -> usize {
        let count = FAULTS.len().max((length.as_secs() / TURN) as usize);
        let half = length / (2 * count as u32);
        for fault in FAULTS.into_iter().cycle().take(count) {
            self.send(Method::PUT, "/token", fault).await;
            sleep(half).await;
            self.send(Method::DELETE, "", "").await;
            sleep(half).await;
        }
        count
    }

    async fn send(&self, method: Method, path: &str, body: &'static str) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address))
            .body(Full::from(body))
            .unwrap();
        let answer = self.client.request(request).await.unwrap();
        assert_eq!(answer.status(), 204);
    }
}
