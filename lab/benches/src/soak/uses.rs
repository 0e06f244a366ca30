//! The refresh tokens and codes that the provider was sent again after it had used them, and why.
//!
//! Rule: the provider uses a token up when it answers 200, or when its answer is lost. A 400 after that is a second use.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use fncy_dev_server::{DevServer, Endpoint, RecordedRequest};
use serde_json::Value;
use tokio::time::{Instant, sleep};

const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// The provider keeps so many requests.
const KEPT: u64 = 10_000;

/// When the token requests came, as numbers of requests and times.
#[derive(Default)]
pub(super) struct Times(Mutex<Vec<(u64, Instant)>>);

/// A second use.
pub(super) struct Reuse {
    /// When the token or code was used first.
    pub(super) at: Instant,
    /// The instance that sent it then.
    pub(super) by: usize,
    /// The requests with it, in words.
    pub(super) story: String,
}

impl Times {
    /// Watches the provider, until the task is aborted.
    pub(super) async fn watch(&self, provider: &DevServer) {
        let mut seen = 0;
        loop {
            let count = provider.request_count(Endpoint::Token);
            if count != seen {
                seen = count;
                self.0.lock().unwrap().push((count, Instant::now()));
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    /// When a request came.
    fn of(&self, index: usize) -> Instant {
        let times = self.0.lock().unwrap();
        let after = times.partition_point(|(count, _)| *count <= index as u64);
        times[after.min(times.len() - 1)].1
    }

    /// All second uses.
    pub(super) fn reuses(&self, provider: &DevServer) -> Vec<Reuse> {
        let count = provider.request_count(Endpoint::Token);
        assert!(count <= KEPT, "the provider has forgotten requests");
        let requests = provider.requests(Endpoint::Token);
        let mut uses: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, request) in requests.iter().enumerate() {
            uses.entry(secret(request)).or_default().push(index);
        }
        let reuse = |uses: Vec<usize>| {
            let refused = uses
                .iter()
                .position(|index| requests[*index].status == Some(400))?;
            let used = |index: &&usize| matches!(requests[**index].status, None | Some(200));
            let first = *uses[..refused].iter().rev().find(used)?;
            let told = uses.iter().map(|index| {
                let (at, request) = (self.of(*index), &requests[*index]);
                let after = at.duration_since(self.of(first)).as_secs_f64();
                format!("{:?} {:?} +{after:.1} s", sender(request), request.status)
            });
            Some(Reuse {
                at: self.of(first),
                by: sender(&requests[first])?,
                story: told.collect::<Vec<_>>().join(", "),
            })
        };
        uses.into_values().filter_map(reuse).collect()
    }
}

/// The instance that sent a request: its trace has its number.
pub(super) fn sender(request: &RecordedRequest) -> Option<usize> {
    request.traceparent.as_deref()?.parse().ok()
}

fn secret(request: &RecordedRequest) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    text("refresh_token")
        .or_else(|| text("code"))
        .unwrap_or_default()
}
