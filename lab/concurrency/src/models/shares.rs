//! The reference that each clone of a `Login` holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::spawn;

use crate::handle::shared::Shared;

/// A state that counts how often it was freed.
struct State {
    freed: Arc<AtomicUsize>,
}

impl State {
    fn is_alive(&self) -> bool {
        self.freed.load(Ordering::Acquire) == 0
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.freed.fetch_add(1, Ordering::AcqRel);
    }
}

/// Two workers clone the same login for the first time, and pass a clone on, while the login that was built is dropped.
pub(crate) fn the_last_clone_frees_the_state_once() {
    let freed = Arc::<AtomicUsize>::default();
    let built = Shared::new(State {
        freed: Arc::clone(&freed),
    });
    let weak = built.downgrade();
    let service = Arc::new(built.clone());
    let workers = [(); 2].map(|()| {
        let service = Arc::clone(&service);
        spawn(move || {
            let request = Shared::clone(&service);
            drop(service);
            let context = request.clone();
            drop(request);
            assert!(context.is_alive(), "it was freed early");
            context
        })
    });
    drop((built, service));
    if let Some(state) = weak.upgrade() {
        assert!(state.is_alive(), "it was freed early");
    }
    let contexts = workers.map(|worker| worker.join().unwrap());
    assert!(contexts[0].is_same(&contexts[1]));
    let moved = contexts[0].clone();
    drop(contexts);
    assert!(moved.is_alive(), "it was freed early");
    drop(moved);
    assert_eq!(freed.load(Ordering::Acquire), 1);
    assert!(weak.upgrade().is_none());
}
