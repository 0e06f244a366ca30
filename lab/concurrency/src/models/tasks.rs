//! The tasks that outlive their request.

use std::block_on;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::spawn;

use crate::models::join;
use crate::store::tasks::Tasks;

/// Two threads wait at once, and one of them begins a task before.
pub(crate) fn a_wait_misses_no_task() {
    let tasks = Tasks::default();
    let done = [(); 2].map(|()| Arc::<AtomicUsize>::default());
    let begin = |tasks: &Tasks, done: &Arc<AtomicUsize>| {
        let done = Arc::clone(done);
        drop(tasks.spawn(async move { done.store(1, Ordering::Relaxed) }));
    };
    let is_done = |done: &AtomicUsize| done.load(Ordering::Relaxed) == 1;
    begin(&tasks, &done[0]);
    let waiting = {
        let (tasks, done) = (tasks.clone(), done.clone());
        spawn(move || {
            begin(&tasks, &done[1]);
            block_on(tasks.finished());
            assert!(done.iter().all(|done| is_done(done)), "they were under way");
        })
    };
    block_on(tasks.finished());
    assert!(is_done(&done[0]), "it was under way");
    join([waiting]);
}
