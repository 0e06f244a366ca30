//! A network without faults, whose answers take a millisecond.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::future::pending;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use fncy_login_simulated_redis::{Link, LinkFuture, SimulatedServer};
use redis::Value;
use tokio::time::{Instant, sleep};

const START: Duration = Duration::from_secs(1_900_000_000);

pub(crate) struct Network {
    server: Arc<Mutex<SimulatedServer>>,
    began: Instant,
    is_silent: AtomicBool,
}

impl Network {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            server: Arc::default(),
            began: Instant::now(),
            is_silent: AtomicBool::new(false),
        })
    }

    /// Another way to the same server.
    pub(crate) fn another(&self) -> Arc<Self> {
        Arc::new(Self {
            server: Arc::clone(&self.server),
            began: self.began,
            is_silent: AtomicBool::new(false),
        })
    }

    pub(crate) fn server(&self) -> MutexGuard<'_, SimulatedServer> {
        self.server.lock().unwrap()
    }

    /// Lets the server answer no more, or again.
    pub(crate) fn set_silent(&self, is_silent: bool) {
        self.is_silent.store(is_silent, Ordering::Relaxed);
    }

    /// Waits until the store tries again.
    pub(crate) async fn pause(&self) {
        sleep(Duration::from_secs(1)).await;
    }
}

impl Link for Network {
    fn connect(&self) -> LinkFuture<()> {
        if self.is_silent.load(Ordering::Relaxed) {
            return Box::pin(pending());
        }
        Box::pin(async { Ok(()) })
    }

    fn send(&self, command: Vec<Vec<u8>>) -> LinkFuture<Value> {
        if self.is_silent.load(Ordering::Relaxed) {
            return Box::pin(pending());
        }
        let (server, began) = (Arc::clone(&self.server), self.began);
        Box::pin(async move {
            sleep(Duration::from_millis(1)).await;
            server
                .lock()
                .unwrap()
                .run(START + began.elapsed(), &command)
        })
    }
}
