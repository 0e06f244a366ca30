//! Tasks, which run on threads of their own.

use crate::thread;

pub use ::std::task::*;

/// A task.
pub struct JoinHandle<T> {
    _thread: thread::JoinHandle<T>,
}

impl<T> JoinHandle<T> {
    pub(crate) fn new(thread: thread::JoinHandle<T>) -> Self {
        Self { _thread: thread }
    }
}
