//! The queue of faults of each endpoint, and the endpoints that are held.

use std::collections::VecDeque;
use std::sync::Mutex;

use tokio::sync::watch;

use crate::config::endpoint::Endpoint;
use crate::faults::fault::Fault;
use crate::system::lock::lock;

#[derive(Default)]
pub(crate) struct FaultScript {
    queues: Mutex<[VecDeque<Fault>; Endpoint::ALL.len()]>,
    holds: [watch::Sender<usize>; Endpoint::ALL.len()],
}

/// A guard that makes requests to its endpoint wait until it is dropped.
///
/// The server records a waiting request and starts its work later. This makes races repeatable: hold
/// the endpoint, start the requests, wait until
/// [`request_count`](crate::DevServer::request_count) shows them, and drop the hold.
#[derive(Debug)]
#[must_use = "the endpoint is released when the hold is dropped"]
pub struct Hold(watch::Sender<usize>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.send_modify(|holds| *holds -= 1);
    }
}

impl FaultScript {
    pub(crate) fn push(&self, endpoint: Endpoint, fault: Fault) {
        lock(&self.queues)[endpoint.index()].push_back(fault);
    }

    pub(crate) fn replace(&self, endpoint: Endpoint, faults: Vec<Fault>) {
        lock(&self.queues)[endpoint.index()] = faults.into();
    }

    pub(crate) fn clear(&self) {
        lock(&self.queues).iter_mut().for_each(VecDeque::clear);
    }

    /// Returns the fault for the next request. If the queue is empty, the fault changes nothing.
    pub(crate) fn next(&self, endpoint: Endpoint) -> Fault {
        let queue = &mut lock(&self.queues)[endpoint.index()];
        while queue.front().is_some_and(|fault| fault.count == Some(0)) {
            queue.pop_front();
        }
        let Some(fault) = queue.front_mut() else {
            return Fault::default();
        };
        if let Some(count) = &mut fault.count {
            *count -= 1;
        }
        fault.clone()
    }

    pub(crate) fn hold(&self, endpoint: Endpoint) -> Hold {
        let sender = self.holds[endpoint.index()].clone();
        sender.send_modify(|holds| *holds += 1);
        Hold(sender)
    }

    /// Waits until no hold of the endpoint is left.
    pub(crate) async fn released(&self, endpoint: Endpoint) {
        let mut holds = self.holds[endpoint.index()].subscribe();
        // An error would mean that the sender is gone. `self` owns the sender.
        let _ = holds.wait_for(|&holds| holds == 0).await;
    }
}

#[cfg(test)]
mod tests {
    use super::FaultScript;
    use crate::config::endpoint::Endpoint;
    use crate::faults::fault::Fault;

    #[test]
    fn faults_apply_in_order_until_used_up() {
        let script = FaultScript::default();
        script.push(Endpoint::Token, Fault::status(500).times(0));
        script.push(Endpoint::Token, Fault::status(503).times(2));
        script.push(Endpoint::Token, Fault::status(429));
        let statuses: Vec<_> = (0..4)
            .map(|_| script.next(Endpoint::Token).status)
            .collect();
        assert_eq!(statuses, [Some(503), Some(503), Some(429), Some(429)]);
        assert_eq!(script.next(Endpoint::Revoke), Fault::default());
        script.clear();
        assert_eq!(script.next(Endpoint::Token), Fault::default());
    }
}
