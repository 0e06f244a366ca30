//! The tasks of a login that outlive their request, counted, so that a process can wait for them before it ends.
//!
//! Rules:
//! - A task that changes something runs here: a refresh, a redemption, a revocation, a write to the store.
//! - A question runs elsewhere, since the next process asks it again: about a bearer token, for keys, for a token of the
//!   application itself, or of [`Login::check`](crate::Login::check).
//! - A hook runs in a task of its own, for which a counted task waits. The queue of events has its own account.
//! - If a runtime ends before a task, the log says that its work is lost.

use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The tasks under way. Cloning is cheap, and clones share the count.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<watch::Sender<usize>>);

/// A task, for as long as it runs.
struct Running {
    tasks: Tasks,
    is_finished: bool,
}

impl Tasks {
    /// Runs work in a task of the current runtime.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let running = Running::new(self);
        // Boxed: the task would otherwise have room for it twice.
        let work = Box::pin(work);
        tokio::spawn(async move {
            let done = work.await;
            running.finish();
            done
        })
    }

    /// Waits until no task is under way.
    pub(crate) async fn finished(&self) {
        // The sender lives as long as `self`, so this is no error.
        drop(self.0.subscribe().wait_for(|running| *running == 0).await);
    }

    pub(crate) fn are_finished(&self) -> bool {
        *self.0.borrow() == 0
    }
}

impl Running {
    fn new(tasks: &Tasks) -> Self {
        tasks.0.send_modify(|running| *running += 1);
        Self {
            tasks: tasks.clone(),
            is_finished: false,
        }
    }

    fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.is_finished && !std::thread::panicking() {
            tracing::warn!(
                "work for a session was cut off, since its runtime ended: await Login::drain before the runtime ends"
            );
        }
        self.tasks.0.send_modify(|running| *running -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::runtime::Builder;

    use super::Tasks;

    #[test]
    fn xr12_a_task_that_panics_or_loses_its_runtime_is_waited_for_no_more() {
        let tasks = Tasks::default();
        let runtime = || Builder::new_current_thread().build().unwrap();
        let ended = runtime();
        ended.block_on(async {
            tasks.spawn(pending::<()>());
            let panicked = tasks.spawn(async { panic!("on purpose") });
            assert!(panicked.await.is_err());
        });
        assert!(!tasks.are_finished());
        drop(ended);
        assert!(tasks.are_finished());
        runtime().block_on(tasks.finished());
    }
}
