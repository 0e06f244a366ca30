//! What the endpoints were asked, for tests to look at.
//!
//! A request is counted when it has arrived and before it is worked on, so that a test can wait for
//! requests that are being held. Only the last 10,000 of an endpoint are kept; all are counted.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::endpoint::Endpoint;
use crate::provider::lock;

const KEPT: usize = 10_000;

/// A request as it arrived, and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// In capitals, as sent.
    pub method: String,
    /// Without the `?`; percent-encoded, as sent.
    pub query: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// The status answered; `None` while it is being worked on, or if the answer was lost.
    pub status: Option<u16>,
}

#[derive(Default)]
pub(crate) struct Recorder {
    logs: Mutex<[Log; Endpoint::ALL.len()]>,
}

#[derive(Default)]
struct Log {
    total: u64,
    at_work: u64,
    most_at_once: u64,
    last: VecDeque<RecordedRequest>,
}

/// A request that is being worked on, until this is dropped.
pub(crate) struct AtWork<'a> {
    recorder: &'a Recorder,
    endpoint: Endpoint,
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        lock(&self.recorder.logs)[self.endpoint.index()].at_work -= 1;
    }
}

impl Recorder {
    /// Returns the request's number, to be given back with its status.
    pub(crate) fn arrived(&self, endpoint: Endpoint, request: RecordedRequest) -> u64 {
        let log = &mut lock(&self.logs)[endpoint.index()];
        if log.last.len() == KEPT {
            log.last.pop_front();
        }
        log.last.push_back(request);
        log.total += 1;
        log.total - 1
    }

    pub(crate) fn answered(&self, endpoint: Endpoint, number: u64, status: u16) {
        let log = &mut lock(&self.logs)[endpoint.index()];
        let oldest = log.total - log.last.len() as u64;
        // It may have been pushed out by newer ones meanwhile.
        let position = number
            .checked_sub(oldest)
            .and_then(|index| usize::try_from(index).ok());
        if let Some(request) = position.and_then(|index| log.last.get_mut(index)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn requests(&self, endpoint: Endpoint) -> Vec<RecordedRequest> {
        lock(&self.logs)[endpoint.index()]
            .last
            .iter()
            .cloned()
            .collect()
    }

    pub(crate) fn begin(&self, endpoint: Endpoint) -> AtWork<'_> {
        let log = &mut lock(&self.logs)[endpoint.index()];
        log.at_work += 1;
        log.most_at_once = log.most_at_once.max(log.at_work);
        AtWork {
            recorder: self,
            endpoint,
        }
    }

    pub(crate) fn most_at_once(&self, endpoint: Endpoint) -> u64 {
        lock(&self.logs)[endpoint.index()].most_at_once
    }

    pub(crate) fn total(&self, endpoint: Endpoint) -> u64 {
        lock(&self.logs)[endpoint.index()].total
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, RecordedRequest, Recorder};
    use crate::endpoint::Endpoint;

    #[test]
    fn the_most_at_once_stays_when_they_are_done() {
        let recorder = Recorder::default();
        let both = [(); 2].map(|()| recorder.begin(Endpoint::Token));
        drop(both);
        drop(recorder.begin(Endpoint::Token));
        assert_eq!(recorder.most_at_once(Endpoint::Token), 2);
        assert_eq!(recorder.most_at_once(Endpoint::Revoke), 0);
    }

    #[test]
    fn keeps_the_newest_and_counts_all() {
        let request = RecordedRequest {
            method: "GET".to_owned(),
            query: None,
            content_type: None,
            authorization: None,
            body: Vec::new(),
            status: None,
        };
        let recorder = Recorder::default();
        let first = recorder.arrived(Endpoint::Token, request.clone());
        for _ in 0..KEPT {
            recorder.arrived(Endpoint::Token, request.clone());
        }
        recorder.answered(Endpoint::Token, first, 500);
        recorder.answered(Endpoint::Token, KEPT as u64, 200);
        let kept = recorder.requests(Endpoint::Token);
        assert_eq!(
            (kept.len(), recorder.total(Endpoint::Token)),
            (KEPT, KEPT as u64 + 1)
        );
        assert_eq!((kept[0].status, kept[KEPT - 1].status), (None, Some(200)));
    }
}
