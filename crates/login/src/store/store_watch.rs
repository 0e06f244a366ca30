//! The task that asks the store each second.
//!
//! Rules:
//! - It begins with the login, or with the first call inside a runtime. If its runtime has ended or stands still, the next
//!   call begins another. It ends with the login.
//! - `store_up` is its answer alone. Another call may fail while the store works, and a read may succeed while it is full.
//! - An instance is ready after the first answer. A later failure changes nothing about that: all instances share the
//!   store, and would all go out of service.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::observe::telemetry::Telemetry;
use crate::store::shared_store::{CALL_DEADLINE, SharedStore};

/// Between two questions.
const PAUSE: Duration = Duration::from_secs(1);
/// A task that has not asked for this long is not driven any more, in milliseconds.
const STALE_AFTER: u64 = 5_000;

/// The watch over a login's store.
pub(crate) struct StoreWatch {
    store: Arc<dyn SharedStore>,
    telemetry: Arc<Telemetry>,
    has_answered: AtomicBool,
    created: Instant,
    /// When the task last went on: milliseconds after `created`, plus one. Zero: never.
    asked: AtomicU64,
    task: Mutex<Option<AbortHandle>>,
}

impl StoreWatch {
    /// Begins to ask, if this is called inside a runtime. `is_ready` says that the instance needs no answer first.
    pub(crate) fn start(
        store: Arc<dyn SharedStore>,
        telemetry: Arc<Telemetry>,
        is_ready: bool,
    ) -> Arc<Self> {
        let watch = Arc::new(Self {
            store,
            telemetry,
            has_answered: AtomicBool::new(is_ready),
            created: Instant::now(),
            asked: AtomicU64::new(0),
            task: Mutex::default(),
        });
        watch.go_on();
        watch
    }

    /// Begins the task, unless it runs or there is no runtime.
    pub(crate) fn go_on(self: &Arc<Self>) {
        if self.is_asking() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        // Another caller may have begun it.
        if self.is_asking() {
            return;
        }
        self.went_on();
        let watch = Arc::downgrade(self);
        let asking = runtime.spawn(async move {
            let mut is_up = None;
            while let Some(watch) = watch.upgrade() {
                watch.went_on();
                is_up = Some(watch.ask(is_up).await);
                drop(watch);
                sleep(PAUSE).await;
            }
        });
        if let Some(former) = task.replace(asking.abort_handle()) {
            former.abort();
        }
    }

    /// Whether the store has answered once.
    pub(crate) fn has_answered(self: &Arc<Self>) -> bool {
        self.go_on();
        self.has_answered.load(Ordering::Relaxed)
    }

    /// Asks once whether the store takes writes.
    pub(crate) async fn ping(&self) -> bool {
        let began = Instant::now();
        let pong = timeout(CALL_DEADLINE, self.store.ping()).await;
        let is_up = matches!(pong, Ok(Ok(())));
        self.telemetry
            .meter
            .store_call("ping", is_up, began.elapsed());
        is_up
    }

    /// Asks once, and shows what the store answers. `was_up` is the answer before.
    async fn ask(&self, was_up: Option<bool>) -> bool {
        let is_up = self.ping().await;
        let meter = &self.telemetry.meter;
        meter.store_up(is_up);
        if let Some(number) = self.store.revocation_count() {
            meter.revoked_sessions(number);
        }
        if is_up {
            self.has_answered.store(true, Ordering::Relaxed);
        }
        if is_up && was_up == Some(false) {
            self.telemetry.store_answers_again();
        }
        is_up
    }

    fn is_asking(&self) -> bool {
        let asked = self.asked.load(Ordering::Relaxed);
        asked > 0 && self.elapsed() - asked < STALE_AFTER
    }

    fn went_on(&self) {
        self.asked.store(self.elapsed(), Ordering::Relaxed);
    }

    /// Milliseconds since the creation, plus one.
    fn elapsed(&self) -> u64 {
        let elapsed = self.created.elapsed().as_millis();
        u64::try_from(elapsed).unwrap_or(u64::MAX - 1) + 1
    }
}
