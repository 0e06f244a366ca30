//! The record of the requests to each endpoint.
//!
//! * A request is recorded on arrival, before its work starts. So a test can wait for requests that
//!   are held.
//! * All requests are counted. The last 10,000 of each endpoint are kept.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::config::endpoint::Endpoint;
use crate::system::lock::lock;

const KEPT: usize = 10_000;

/// A request to an endpoint, with the status of its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The method in capitals, such as `POST`.
    pub method: String,
    /// The query without the `?`, percent-encoded as the client sent it.
    pub query: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `traceparent` header (W3C Trace Context), which names the trace and the span of the client.
    pub traceparent: Option<String>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The status of the response. It is `None` while the request is in progress, and after a lost
    /// response.
    pub status: Option<u16>,
}

#[derive(Default)]
pub(crate) struct Recorder {
    logs: Mutex<[Log; Endpoint::ALL.len()]>,
}

#[derive(Default)]
struct Log {
    total: u64,
    in_progress: u64,
    peak: u64,
    last: VecDeque<RecordedRequest>,
}

/// A request in progress, until this is dropped.
pub(crate) struct InProgress<'a> {
    recorder: &'a Recorder,
    endpoint: Endpoint,
    number: u64,
}

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        lock(&self.recorder.logs)[self.endpoint.index()].in_progress -= 1;
    }
}

impl InProgress<'_> {
    /// Records the status of the response.
    pub(crate) fn answered(&self, status: u16) {
        let log = &mut lock(&self.recorder.logs)[self.endpoint.index()];
        let oldest = log.total - log.last.len() as u64;
        // Newer requests may have pushed this one out.
        let index = self.number.checked_sub(oldest);
        let index = index.and_then(|index| usize::try_from(index).ok());
        if let Some(request) = index.and_then(|index| log.last.get_mut(index)) {
            request.status = Some(status);
        }
    }
}

impl Recorder {
    pub(crate) fn begin(&self, endpoint: Endpoint, request: RecordedRequest) -> InProgress<'_> {
        let log = &mut lock(&self.logs)[endpoint.index()];
        if log.last.len() == KEPT {
            log.last.pop_front();
        }
        log.last.push_back(request);
        log.in_progress += 1;
        log.peak = log.peak.max(log.in_progress);
        log.total += 1;
        InProgress {
            recorder: self,
            endpoint,
            number: log.total - 1,
        }
    }

    pub(crate) fn requests(&self, endpoint: Endpoint) -> Vec<RecordedRequest> {
        Vec::from(lock(&self.logs)[endpoint.index()].last.clone())
    }

    /// The most requests that were in progress at the same time.
    pub(crate) fn peak(&self, endpoint: Endpoint) -> u64 {
        lock(&self.logs)[endpoint.index()].peak
    }

    pub(crate) fn total(&self, endpoint: Endpoint) -> u64 {
        lock(&self.logs)[endpoint.index()].total
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, RecordedRequest, Recorder};
    use crate::config::endpoint::Endpoint;

    fn request() -> RecordedRequest {
        RecordedRequest {
            method: "GET".to_owned(),
            query: None,
            content_type: None,
            authorization: None,
            traceparent: None,
            body: Vec::new(),
            status: None,
        }
    }

    #[test]
    fn the_peak_outlives_its_requests() {
        let recorder = Recorder::default();
        let both = [(); 2].map(|()| recorder.begin(Endpoint::Token, request()));
        drop(both);
        drop(recorder.begin(Endpoint::Token, request()));
        assert_eq!(recorder.peak(Endpoint::Token), 2);
        assert_eq!(recorder.peak(Endpoint::Revoke), 0);
    }

    #[test]
    fn the_newest_are_kept_and_all_are_counted() {
        let recorder = Recorder::default();
        let first = recorder.begin(Endpoint::Token, request());
        for _ in 1..KEPT {
            recorder.begin(Endpoint::Token, request());
        }
        let last = recorder.begin(Endpoint::Token, request());
        first.answered(500);
        last.answered(200);
        let kept = recorder.requests(Endpoint::Token);
        assert_eq!(
            (kept.len(), recorder.total(Endpoint::Token)),
            (KEPT, KEPT as u64 + 1)
        );
        assert_eq!((kept[0].status, kept[KEPT - 1].status), (None, Some(200)));
    }
}
