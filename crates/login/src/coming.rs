//! What one task works on, and others wait for.
//!
//! Rule: the outcome is told once; a task that goes without a word, since it panicked or its runtime
//! is no more, is noticed by those who wait and by those who come.

use tokio::sync::watch;

/// An outcome that is on its way. Clones wait for the same one.
#[derive(Clone)]
pub(crate) struct Coming<T>(watch::Receiver<Option<T>>);

/// What tells those who wait.
pub(crate) struct Sender<T>(watch::Sender<Option<T>>);

/// Something to wait for, and what tells it.
pub(crate) fn coming<T>() -> (Sender<T>, Coming<T>) {
    let (sender, receiver) = watch::channel(None);
    (Sender(sender), Coming(receiver))
}

impl<T: Clone> Coming<T> {
    /// Whether somebody is still there to tell.
    pub(crate) fn is_under_way(&self) -> bool {
        self.0.has_changed().is_ok()
    }

    /// Waits for the outcome; none if its task has gone without a word.
    pub(crate) async fn outcome(mut self) -> Option<T> {
        let told = self.0.wait_for(Option::is_some).await;
        told.ok().and_then(|outcome| outcome.clone())
    }
}

impl<T> Sender<T> {
    pub(crate) fn tell(&self, outcome: T) {
        self.0.send_replace(Some(outcome));
    }
}
