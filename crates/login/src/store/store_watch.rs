//! The task that asks the store each second.
//!
//! Rules:
//! - It begins with the login, or with the first call inside a runtime. It ends with the login.
//! - An instance is ready after the first answer. A later failure changes nothing about that: all instances share the
//!   store, and would all go out of service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::store::store_client::StoreClient;

/// Between two questions.
const PAUSE: Duration = Duration::from_secs(1);

/// The watch over a login's store.
pub(crate) struct StoreWatch {
    store: Arc<StoreClient>,
    has_answered: AtomicBool,
    task: Mutex<Option<AbortHandle>>,
}

impl StoreWatch {
    /// Begins to ask, if this is called inside a runtime. A store in this process needs no answer first.
    pub(crate) fn start(store: &Arc<StoreClient>, is_in_process: bool) -> Arc<Self> {
        let watch = Arc::new(Self {
            store: Arc::clone(store),
            has_answered: AtomicBool::new(is_in_process),
            task: Mutex::default(),
        });
        watch.go_on();
        watch
    }

    /// Begins the task, unless it runs or there is no runtime.
    pub(crate) fn go_on(self: &Arc<Self>) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let watch = Arc::downgrade(self);
        let asking = runtime.spawn(async move {
            while let Some(watch) = watch.upgrade() {
                if watch.store.ping().await.is_ok() {
                    watch.has_answered.store(true, Ordering::Relaxed);
                }
                watch.store.show_revocations();
                drop(watch);
                sleep(PAUSE).await;
            }
        });
        *task = Some(asking.abort_handle());
    }

    /// Whether the store has answered once.
    pub(crate) fn has_answered(self: &Arc<Self>) -> bool {
        self.go_on();
        self.has_answered.load(Ordering::Relaxed)
    }
}
