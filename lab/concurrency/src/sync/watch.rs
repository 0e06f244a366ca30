//! A value that receivers watch.

use ::std::fmt;
use ::std::future::poll_fn;
use ::std::mem::{replace, take};
use ::std::ops::Deref;
use ::std::sync::Arc;
use ::std::task::{Poll, Waker};

use crate::sync::{Mutex, MutexGuard, lock};

/// The side that changes the value.
pub struct Sender<T>(Arc<Mutex<State<T>>>);

/// A side that watches the value.
pub struct Receiver<T>(Arc<Mutex<State<T>>>);

/// The value, which does not change meanwhile.
pub struct Ref<'a, T>(MutexGuard<'a, State<T>>);

/// The sender has gone.
#[derive(Debug)]
pub struct RecvError;

struct State<T> {
    value: T,
    receivers: usize,
    has_sender: bool,
    waiting: Vec<Waker>,
}

/// Both sides.
#[must_use]
pub fn channel<T>(value: T) -> (Sender<T>, Receiver<T>) {
    let sender = Sender::new(value);
    let receiver = sender.subscribe();
    (sender, receiver)
}

impl<T> Sender<T> {
    /// A sender without a receiver.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(Arc::new(Mutex::new(State {
            value,
            receivers: 0,
            has_sender: true,
            waiting: Vec::new(),
        })))
    }

    /// Replaces the value, and returns the one before.
    pub fn send_replace(&self, value: T) -> T {
        let mut before = None;
        self.send_modify(|now| before = Some(replace(now, value)));
        before.expect("the value was replaced")
    }

    /// Changes the value.
    pub fn send_modify(&self, change: impl FnOnce(&mut T)) {
        self.send_if_modified(|value| {
            change(value);
            true
        });
    }

    /// Changes the value, and wakes the receivers if it says so.
    pub fn send_if_modified(&self, change: impl FnOnce(&mut T) -> bool) -> bool {
        let mut state = lock(&self.0);
        let is_changed = change(&mut state.value);
        let waiting = is_changed.then(|| take(&mut state.waiting));
        drop(state);
        waiting.into_iter().flatten().for_each(Waker::wake);
        is_changed
    }

    /// The value.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(lock(&self.0))
    }

    /// A new receiver.
    #[must_use]
    pub fn subscribe(&self) -> Receiver<T> {
        lock(&self.0).receivers += 1;
        Receiver(Arc::clone(&self.0))
    }

    /// Whether there is no receiver.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        lock(&self.0).receivers == 0
    }

    /// Waits until there is no receiver.
    pub async fn closed(&self) {
        poll_fn(|context| {
            let mut state = lock(&self.0);
            if state.receivers == 0 {
                return Poll::Ready(());
            }
            state.waiting.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl<T> Receiver<T> {
    /// The value.
    #[must_use]
    pub fn borrow(&self) -> Ref<'_, T> {
        Ref(lock(&self.0))
    }

    /// Waits for a value.
    ///
    /// # Errors
    ///
    /// The sender has gone, and its last value is another one.
    pub async fn wait_for(
        &mut self,
        mut is_met: impl FnMut(&T) -> bool,
    ) -> Result<Ref<'_, T>, RecvError> {
        let state = &self.0;
        poll_fn(move |context| {
            let mut state = lock(state);
            if is_met(&state.value) {
                Poll::Ready(Ok(Ref(state)))
            } else if state.has_sender {
                state.waiting.push(context.waker().clone());
                Poll::Pending
            } else {
                Poll::Ready(Err(RecvError))
            }
        })
        .await
    }
}

impl<T: Default> Default for Sender<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        lock(&self.0).receivers += 1;
        Self(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.has_sender = false;
        let waiting = take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.receivers -= 1;
        let waiting = (state.receivers == 0).then(|| take(&mut state.waiting));
        drop(state);
        waiting.into_iter().flatten().for_each(Waker::wake);
    }
}

impl<T> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}
