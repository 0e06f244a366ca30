//! A bell: the waits that have begun end when it rings.

use ::std::future::Future;
use ::std::mem::take;
use ::std::pin::Pin;
use ::std::sync::Arc;
use ::std::task::{Context, Poll, Waker};

use crate::sync::{Mutex, lock};

/// A bell. A wait begins when its future is made, not when that is first polled.
#[derive(Default)]
pub struct Notify(Mutex<State>);

#[derive(Default)]
struct State {
    rung: usize,
    waiting: Vec<Waker>,
}

/// A wait for a [`Notify`].
pub struct OwnedNotified {
    notify: Arc<Notify>,
    rung: usize,
}

impl Notify {
    /// Begins to wait.
    #[must_use]
    pub fn notified_owned(self: Arc<Self>) -> OwnedNotified {
        let rung = lock(&self.0).rung;
        OwnedNotified { notify: self, rung }
    }

    /// Ends all waits that have begun.
    pub fn notify_waiters(&self) {
        let mut state = lock(&self.0);
        state.rung += 1;
        let waiting = take(&mut state.waiting);
        drop(state);
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Future for OwnedNotified {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = lock(&self.notify.0);
        if state.rung > self.rung {
            return Poll::Ready(());
        }
        state.waiting.push(context.waker().clone());
        Poll::Pending
    }
}
