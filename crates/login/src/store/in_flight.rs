//! What one task works on, and others wait for.
//!
//! Rules: the outcome is told once; a task that goes without a word, since it panicked or its runtime
//! is no more, is noticed by those who wait and by those who come; every wait has a deadline; the task
//! learns when nobody waits any more.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::task::Poll;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

/// An outcome that is on its way.
pub(crate) struct InFlight<T>(watch::Receiver<Option<T>>);

/// What tells those who wait.
pub(crate) struct Sender<T>(Arc<watch::Sender<Option<T>>>);

/// Where those who come later find the outcome. It keeps neither the task nor a wait alive.
pub(crate) struct UnderWay<T>(Weak<watch::Sender<Option<T>>>);

/// Something to wait for, and what tells it.
pub(crate) fn in_flight<T>() -> (Sender<T>, InFlight<T>) {
    let (sender, receiver) = watch::channel(None);
    (Sender(Arc::new(sender)), InFlight(receiver))
}

impl<T: Clone> InFlight<T> {
    /// Waits for the outcome; none if its task has gone without a word, or is late.
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

    /// Goes on as long as a request waits for the outcome.
    pub(crate) async fn while_heard<R>(&self, work: impl Future<Output = R>) -> Option<R> {
        let (mut work, mut unheard) = (pin!(work), pin!(self.0.closed()));
        poll_fn(|context| match unheard.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => work.as_mut().poll(context).map(Some),
        })
        .await
    }
}

impl<T> UnderWay<T> {
    /// The outcome, if its task is still there.
    pub(crate) fn join(&self) -> Option<InFlight<T>> {
        let sender = self.0.upgrade()?;
        Some(InFlight(sender.subscribe()))
    }
}
