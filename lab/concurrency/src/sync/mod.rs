//! What threads share.

pub mod atomic;
mod notify;
mod once_lock;
pub mod oneshot;
pub mod watch;

pub use ::std::sync::*;

pub use loom::sync::{Mutex, MutexGuard};
pub use notify::Notify;
pub use once_lock::OnceLock;

/// The futures of [`Notify`].
pub mod futures {
    pub use crate::sync::notify::OwnedNotified;
}

/// The state in a lock. A model that panics ends, so a lock is never poisoned.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
