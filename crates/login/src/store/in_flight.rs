//! Waiting for the outcome of another task in this process.
//!
//! Rules: the task sends its outcome once; if it ends without one, because it panicked or its runtime ended,
//! every waiter notices; every wait has a deadline; the task learns when it has no waiter left.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// A waiter's side.
pub(crate) struct InFlight<T>(watch::Receiver<Option<T>>);

/// The task's side.
pub(crate) struct Sender<T>(Arc<watch::Sender<Option<T>>>);

/// An entry in a table of tasks under way, for later waiters. It keeps neither the task nor a wait alive.
pub(crate) struct UnderWay<T>(Weak<watch::Sender<Option<T>>>);

/// Both sides, for a new task.
pub(crate) fn in_flight<T>() -> (Sender<T>, InFlight<T>) {
    let (sender, receiver) = watch::channel(None);
    (Sender(Arc::new(sender)), InFlight(receiver))
}

impl<T: Clone> InFlight<T> {
    /// Waits for the outcome. `None` if the task has ended without one, or is late.
    pub(crate) async fn outcome(mut self, deadline: Instant) -> Option<T> {
        let told = timeout_at(deadline, self.0.wait_for(Option::is_some)).await;
        told.ok()?.ok().and_then(|outcome| outcome.clone())
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Sender<T> {
    pub(crate) fn tell(&self, outcome: T) {
        self.0.send_replace(Some(outcome));
    }

    pub(crate) fn under_way(&self) -> UnderWay<T> {
        UnderWay(Arc::downgrade(&self.0))
    }

    /// Does the work while the task has a waiter.
    pub(crate) async fn while_heard<R>(
        &self,
        mut work: Pin<&mut impl Future<Output = R>>,
    ) -> Option<R> {
        let mut unheard = pin!(self.0.closed());
        poll_fn(|context| match unheard.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => work.as_mut().poll(context).map(Some),
        })
        .await
    }
}

impl<T> UnderWay<T> {
    /// A waiter's side, if the task is still there.
    pub(crate) fn join(&self) -> Option<InFlight<T>> {
        let sender = self.0.upgrade()?;
        Some(InFlight(sender.subscribe()))
    }
}
