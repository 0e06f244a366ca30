//! Threads, which loom schedules.

pub use ::std::thread::*;
pub use loom::thread::{JoinHandle, spawn};
