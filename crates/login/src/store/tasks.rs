//! The tasks of a login that outlive their request, counted, so that a process can wait for them before it ends.
//!
//! Rules:
//! - A task that changes something runs here: a refresh, a redemption, a revocation, a write to the store.
//! - A question runs elsewhere, since the next process asks it again: about a bearer token, for keys, for a token of the
//!   application itself, or of [`Login::check`](crate::Login::check).
//! - A hook runs in a task of its own, for which a counted task waits. The queue of events has its own account.
//! - If a runtime ends before a task, the log says once that work is lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The number of tasks under way that began between two waits.
type Generation = Arc<watch::Sender<usize>>;

/// The tasks under way. Cloning is cheap, and clones share the count.
#[derive(Clone, Default)]
pub(crate) struct Tasks(Arc<Mutex<Generations>>);

#[derive(Default)]
struct Generations {
    current: Generation,
    earlier: Vec<Generation>,
    /// Whether the log says that work was lost.
    is_loss_told: bool,
}

/// A task, for as long as it runs.
struct Running {
    tasks: Tasks,
    generation: Generation,
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

    /// Waits until the tasks that are under way now have ended. Later ones are not waited for, so the wait has an end
    /// while requests go on.
    pub(crate) async fn finished(&self) {
        let earlier = self.generations().close();
        for generation in earlier {
            // The sender lives as long as `generation`, so this is no error.
            drop(
                generation
                    .subscribe()
                    .wait_for(|running| *running == 0)
                    .await,
            );
        }
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Generations {
    /// Begins a new generation, and returns the earlier ones that have tasks.
    fn close(&mut self) -> Vec<Generation> {
        self.earlier.push(std::mem::take(&mut self.current));
        self.earlier.retain(|generation| *generation.borrow() > 0);
        self.earlier.clone()
    }
}

impl Running {
    fn new(tasks: &Tasks) -> Self {
        // Counted under the lock: no wait misses it.
        let generations = tasks.generations();
        let generation = Arc::clone(&generations.current);
        generation.send_modify(|running| *running += 1);
        drop(generations);
        Self {
            tasks: tasks.clone(),
            generation,
            is_finished: false,
        }
    }

    fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let is_lost = !self.is_finished && !std::thread::panicking();
        if is_lost && !std::mem::replace(&mut self.tasks.generations().is_loss_told, true) {
            tracing::warn!(
                "work for a session was cut off, since its runtime ended: await Login::drain before the runtime ends"
            );
        }
        self.generation.send_modify(|running| *running -= 1);
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;

    use futures_util::FutureExt as _;
    use tokio::runtime::Builder;
    use tokio::sync::oneshot;

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
            assert!(tasks.finished().now_or_never().is_none());
        });
        drop(ended);
        runtime().block_on(tasks.finished());
    }

    #[tokio::test]
    async fn xr12_a_wait_ends_with_the_tasks_that_were_under_way_at_its_beginning() {
        let tasks = Tasks::default();
        let (end, ended) = oneshot::channel::<()>();
        tasks.spawn(ended);
        let first = tasks.finished();
        let mut first = pin!(first);
        assert!(first.as_mut().now_or_never().is_none());
        // Requests go on.
        tasks.spawn(pending::<()>());
        assert!(tasks.finished().now_or_never().is_none());
        drop(end);
        first.await;
        assert!(tasks.finished().now_or_never().is_none());
    }
}
