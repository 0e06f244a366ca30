//! The reference that each clone of a `Login` holds to the state that all clones share.
//!
//! Rules:
//! - A thread counts its clones in a cache line of its own. A request clones the login about three times. With one count
//!   for all threads, each core would wait for the others to write to it.
//! - Each thread has a slot. There are twice as many slots as cores, so workers share no slot with the threads that
//!   accept connections or build the login.
//! - A clone is counted in the slot of its thread. If the original was counted on another thread, the clone's count
//!   is in the next table. A table refers only to later tables, so there is no cycle. The last clone frees everything.
//! - There are [`MOVES`] tables, one for each move to another thread. One thread builds the login, a second accepts a
//!   connection, a third reads a request, and a fourth continues it. After the last move, a clone is counted with its
//!   original.

use std::iter::repeat_with;
use std::num::NonZero;
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, OnceLock, Weak};
use std::thread::available_parallelism;

/// How often clones of clones find a count of their own after they moved to another thread.
const MOVES: usize = 3;

static SLOTS: LazyLock<usize> =
    LazyLock::new(|| 2 * available_parallelism().map_or(8, NonZero::get));
/// The number of threads that have a slot.
static THREADS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static SLOT: usize = THREADS.fetch_add(1, Ordering::Relaxed) % *SLOTS;
}

fn slot() -> usize {
    SLOT.with(|slot| *slot)
}

/// A counted reference whose clones on other threads write to other cache lines.
pub(crate) struct Shared<T>(Arc<Count<T>>);

/// The count is the one of the [`Arc`] around it. Processors load two lines of 64 bytes together.
#[repr(align(128))]
struct Count<T> {
    value: Arc<T>,
    slot: usize,
    /// The counts for clones on other threads.
    others: Option<Arc<Table<T>>>,
}

struct Table<T> {
    /// One for each slot, made when its thread first needs it.
    counts: Box<[OnceLock<Arc<Count<T>>>]>,
    next: Option<Arc<Self>>,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Self {
        Self::in_slot(value, slot())
    }

    fn in_slot(value: T, slot: usize) -> Self {
        let mut table = None;
        for _ in 0..MOVES {
            table = Some(Arc::new(Table {
                counts: repeat_with(OnceLock::new).take(*SLOTS).collect(),
                next: table,
            }));
        }
        Self(Arc::new(Count {
            value: Arc::new(value),
            slot,
            others: table,
        }))
    }

    /// Whether two references have the same state.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.value, &other.0.value)
    }

    /// A reference that doesn't keep the state alive.
    pub(crate) fn downgrade(&self) -> Weak<T> {
        Arc::downgrade(&self.0.value)
    }

    /// The number of references to the state, which all threads share. No request changes it.
    #[cfg(test)]
    pub(crate) fn value_count(&self) -> usize {
        Arc::strong_count(&self.0.value)
    }

    fn clone_in(&self, slot: usize) -> Self {
        let own = &self.0;
        let count = match &own.others {
            Some(table) if slot != own.slot => table.counts[slot].get_or_init(|| {
                Arc::new(Count {
                    value: Arc::clone(&own.value),
                    slot,
                    others: table.next.clone(),
                })
            }),
            _ => own,
        };
        Self(Arc::clone(count))
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        self.clone_in(slot())
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.value
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::{MOVES, SLOTS, Shared, slot};

    fn on_new_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
        thread::scope(|scope| scope.spawn(work).join().unwrap())
    }

    #[test]
    fn a_request_on_another_thread_writes_to_its_own_line_alone() {
        let built = Shared::in_slot((), 0);
        let service = built.clone_in(1);
        // Made once, at this thread's first request.
        let first = service.clone_in(0);
        let counts = || [&built, &service, &first].map(|shared| Arc::strong_count(&shared.0));
        let (values, before) = (built.value_count(), counts());
        let request = service.clone_in(0);
        let context = request.clone_in(0);
        assert_eq!(built.value_count(), values);
        assert_eq!(counts(), [before[0], before[1], before[2] + 2]);
        assert!(Arc::ptr_eq(&context.0, &first.0));
    }

    #[test]
    fn counts_of_two_slots_are_in_different_lines() {
        let built = Shared::in_slot((), 0);
        let [one, other] = [0, 1].map(|slot| Arc::as_ptr(&built.clone_in(slot).0).addr());
        assert!(one.abs_diff(other) >= 128);
    }

    #[test]
    fn threads_have_different_slots() {
        // Other tests' threads take slots as well.
        let mut slots: Vec<_> = (0..*SLOTS).map(|_| on_new_thread(slot)).collect();
        slots.dedup();
        assert!(slots.len() > 1);
    }

    #[test]
    fn clones_have_the_same_state_and_the_last_frees_it() {
        let mut clones = vec![Shared::new(String::from("state"))];
        let weak = clones[0].downgrade();
        for number in 0..MOVES + 2 {
            clones.push(clones[number].clone_in(number % 2));
            assert!(clones[number + 1].is_same(&clones[0]));
        }
        assert!(!clones[0].is_same(&Shared::new(String::from("state"))));
        while clones.len() > 1 {
            clones.remove(0);
            assert_eq!(*clones[0].clone_in(1), "state");
        }
        on_new_thread(move || drop(clones));
        assert!(weak.upgrade().is_none());
    }
}
