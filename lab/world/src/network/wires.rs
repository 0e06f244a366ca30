//! The wires of an instance: its HTTP client and its link to the store hand all that they are asked to the world.

use std::sync::{Arc, Mutex, PoisonError};

use fncy_login::http_client::{HttpClient, HttpClientError, HttpExchange};
use fncy_login_simulated_redis::{Link, LinkFuture, broken_connection};
use http::{Request, Response};
use redis::{RedisResult, Value};
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::schedule::Time;

/// The answer of a page, as far as a browser or the story needs it.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    /// Why the login refused the request.
    pub(crate) code: Option<&'static str>,
}

/// What leaves an instance.
pub(crate) enum Sent {
    /// The answer to a browser's request.
    Answer { request: u64, answer: Answer },
    /// A request to the provider.
    Exchange {
        request: Request<Vec<u8>>,
        answer: oneshot::Sender<Result<Response<Vec<u8>>, HttpClientError>>,
    },
    /// A connection to the store.
    Connect {
        answer: oneshot::Sender<RedisResult<()>>,
    },
    /// A command for the store.
    Command {
        command: Vec<Vec<u8>>,
        answer: oneshot::Sender<RedisResult<Value>>,
    },
}

/// What an instance has sent and the world has not yet taken. Clones are the same.
#[derive(Clone)]
pub(crate) struct Outbox(Arc<Inner>);

struct Inner {
    /// The world's time at the process' start, and the process' own clock then.
    began: (Time, Instant),
    sent: Mutex<Vec<(Time, Sent)>>,
    filled: Notify,
}

impl Outbox {
    /// An empty one of a process that starts at this time. Must be called inside its runtime.
    pub(crate) fn new(now: Time) -> Self {
        Self(Arc::new(Inner {
            began: (now, Instant::now()),
            sent: Mutex::default(),
            filled: Notify::new(),
        }))
    }

    /// The time of this process, inside its runtime.
    pub(crate) fn now(&self) -> Time {
        let (time, instant) = self.0.began;
        time + instant.elapsed().as_millis() as Time
    }

    /// A time of the world as this process' own.
    pub(crate) fn instant(&self, time: Time) -> Instant {
        let (began, instant) = self.0.began;
        instant + std::time::Duration::from_millis(time.saturating_sub(began))
    }

    pub(crate) fn send(&self, sent: Sent) {
        let now = self.now();
        let mut all = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((now, sent));
        self.0.filled.notify_one();
    }

    pub(crate) async fn filled(&self) {
        self.0.filled.notified().await;
    }

    pub(crate) fn take(&self) -> Vec<(Time, Sent)> {
        let mut all = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut all)
    }
}

impl HttpClient for Outbox {
    fn send(&self, request: Request<Vec<u8>>, _: usize) -> HttpExchange<'_> {
        let (answer, answered) = oneshot::channel();
        Self::send(self, Sent::Exchange { request, answer });
        Box::pin(async {
            let lost = |_| HttpClientError::Interrupted("the connection ended".into());
            answered.await.unwrap_or_else(|error| Err(lost(error)))
        })
    }
}

impl Link for Outbox {
    fn connect(&self) -> LinkFuture<()> {
        let (answer, answered) = oneshot::channel();
        Self::send(self, Sent::Connect { answer });
        Box::pin(async { answered.await.unwrap_or_else(|_| Err(broken_connection())) })
    }

    fn send(&self, command: Vec<Vec<u8>>) -> LinkFuture<Value> {
        let (answer, answered) = oneshot::channel();
        Self::send(self, Sent::Command { command, answer });
        Box::pin(async { answered.await.unwrap_or_else(|_| Err(broken_connection())) })
    }
}
