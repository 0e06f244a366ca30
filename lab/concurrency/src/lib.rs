//! Stands for `std` and `tokio` in the models of `main.rs`: locks, atomics, threads and channels are loom's.
//!
//! Rules:
//! - A name that is not here is the one of `std`.
//! - `Mutex`, atomics and `OnceLock` are modelled with the memory orderings of the code that uses them.
//! - `watch`, `oneshot` and `Notify` are written here by the contract in tokio's documentation. So a model shows that the
//!   product relies on the contract alone. It shows nothing about tokio's code, which tokio models itself.
//! - `Arc` and `Weak` are those of `std`. Their counts are no steps of a model, so threads switch before and after them.
//! - The clock stands still unless a model moves it.

#![expect(clippy::expect_used, reason = "a model's finding is a panic")]

pub use ::std::*;

pub mod sync;
pub mod task;
pub mod thread;
pub mod time;

use ::std::future::Future;
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicUsize, Ordering};

pub use loom::future::block_on;
use loom::model::Builder;
use tokio::runtime;

use crate::task::JoinHandle;

/// The most steps of one execution.
const MAX_STEPS: usize = 100_000;

/// Runs a model in all orders of its steps, and returns their number.
///
/// Threads are interrupted up to this many times in an execution.
///
/// # Panics
///
/// An execution of the model panics, ends in a deadlock or leaks.
pub fn explore(interruptions: usize, model: fn()) -> usize {
    // Its clock stands still.
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime needs no more than memory");
    let _inside = runtime.enter();
    let executions = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&executions);
    let mut builder = Builder::new();
    builder.preemption_bound = Some(interruptions);
    builder.max_branches = MAX_STEPS;
    builder.check(move || {
        count.fetch_add(1, Ordering::Relaxed);
        sync::atomic::begin_execution();
        model();
    });
    executions.load(Ordering::Relaxed)
}

/// Runs a task on a thread of its own.
pub fn spawn<T: 'static>(task: impl Future<Output = T> + 'static) -> JoinHandle<T> {
    JoinHandle::new(thread::spawn(|| block_on(task)))
}
