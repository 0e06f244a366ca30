//! A value that is written once.

use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Mutex, lock};

/// A value that is written once.
#[derive(Debug)]
pub struct OnceLock<T> {
    value: ::std::sync::OnceLock<T>,
    /// 1 after the value was written. As in `std`, a thread that reads 1 sees the value.
    is_set: AtomicUsize,
    /// Taken by the thread that writes. Loom's lock can't be made in a constant.
    writing: ::std::sync::OnceLock<Mutex<()>>,
}

impl<T> OnceLock<T> {
    /// Without a value.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            value: ::std::sync::OnceLock::new(),
            is_set: AtomicUsize::new(0),
            writing: ::std::sync::OnceLock::new(),
        }
    }

    /// The value, if it was written.
    pub fn get(&self) -> Option<&T> {
        (self.is_set.load(Ordering::Acquire) == 1)
            .then(|| self.value.get())
            .flatten()
    }

    /// The value, or a new one. If another thread makes one, this waits for it.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let writing = lock(self.writing.get_or_init(Mutex::default));
        if self.value.get().is_none() {
            let value = make();
            self.write(value);
        }
        drop(writing);
        self.value.get().expect("it was written under the lock")
    }

    /// Writes the value.
    ///
    /// # Errors
    ///
    /// There is a value, so the new one is returned.
    pub fn set(&self, value: T) -> Result<(), T> {
        let _writing = lock(self.writing.get_or_init(Mutex::default));
        if self.value.get().is_some() {
            return Err(value);
        }
        self.write(value);
        Ok(())
    }

    fn write(&self, value: T) {
        drop(self.value.set(value));
        self.is_set.store(1, Ordering::Release);
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self::new()
    }
}
