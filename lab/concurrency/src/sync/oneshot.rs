//! A channel for one value.

use ::std::future::Future;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context, Poll, Waker};

use crate::sync::{Mutex, lock};

/// The side that sends.
pub struct Sender<T>(Arc<Mutex<State<T>>>);

/// The side that waits.
pub struct Receiver<T>(Arc<Mutex<State<T>>>);

/// The sender has gone.
#[derive(Debug)]
pub struct RecvError;

struct State<T> {
    value: Option<T>,
    has_sender: bool,
    has_receiver: bool,
    waiting: Option<Waker>,
}

/// Both sides.
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let state = Arc::new(Mutex::new(State {
        value: None,
        has_sender: true,
        has_receiver: true,
        waiting: None,
    }));
    (Sender(Arc::clone(&state)), Receiver(state))
}

impl<T> Sender<T> {
    /// Sends the value.
    ///
    /// # Errors
    ///
    /// The receiver has gone, and the value is returned.
    pub fn send(self, value: T) -> Result<(), T> {
        let mut state = lock(&self.0);
        if !state.has_receiver {
            return Err(value);
        }
        state.value = Some(value);
        Ok(())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.has_sender = false;
        let waiting = state.waiting.take();
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl<T> Future for Receiver<T> {
    type Output = Result<T, RecvError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = lock(&self.0);
        if let Some(value) = state.value.take() {
            return Poll::Ready(Ok(value));
        }
        if !state.has_sender {
            return Poll::Ready(Err(RecvError));
        }
        state.waiting = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut state = lock(&self.0);
        state.has_receiver = false;
        let value = state.value.take();
        drop(state);
        drop(value);
    }
}
