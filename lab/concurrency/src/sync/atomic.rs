//! Atomic numbers, which are loom's.
//!
//! Rules:
//! - Loom's atomics can't be made in a constant, and take a kilobyte each. A filter has thousands. So an atomic gets
//!   loom's when it is first used.
//! - Loom's are made at the begin of each execution, by its first thread, as the zeros of a new table are.
//! - A static begins anew in each execution.
//! - Loom remembers the last access of each atomic alone. If a thread loads and then stores, loom forgets the load of
//!   another thread before, and doesn't try the store before that load. So each access writes to a second atomic first,
//!   and loom tries all orders of accesses.

use ::std::cell::RefCell;
use ::std::fmt;
use ::std::sync::atomic::AtomicU64;
use ::std::sync::{Arc, Mutex, PoisonError};

pub use ::std::sync::atomic::Ordering;
use loom::sync::atomic::AtomicUsize as Loom;

/// The most atomics that an execution uses.
const MAX_USED: usize = 96;

static EXECUTIONS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The number of the execution on this thread, and the atomics that it has not used.
    static UNUSED: RefCell<(u64, Vec<Arc<Cell>>)> = const { RefCell::new((0, Vec::new())) };
}

pub(crate) fn begin_execution() {
    let number = EXECUTIONS.fetch_add(1, Ordering::Relaxed);
    let unused = (0..MAX_USED).map(|_| Arc::<Cell>::default()).collect();
    UNUSED.set((number, unused));
}

/// An atomic in one execution.
#[derive(Default)]
struct Cell {
    number: Loom,
    accesses: Loom,
}

/// An atomic, which is a cell from its first use in an execution on.
#[derive(Default)]
struct Lazy(Mutex<Option<(u64, Arc<Cell>)>>);

impl Lazy {
    const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Begins an access.
    fn access(&self) -> Arc<Cell> {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = UNUSED.with_borrow_mut(|(execution, unused)| match &*used {
            Some((number, cell)) if number == execution => Arc::clone(cell),
            _ => {
                let cell = unused.pop().expect("a model uses few atomics");
                *used = Some((*execution, Arc::clone(&cell)));
                cell
            }
        });
        drop(used);
        cell.accesses.fetch_add(1, Ordering::Relaxed);
        cell
    }
}

macro_rules! atomic {
    ($name:ident, $number:ty) => {
        /// An atomic number that begins at zero.
        #[derive(Default)]
        pub struct $name(Lazy);

        #[allow(
            clippy::cast_possible_truncation,
            reason = "loom's number is never larger"
        )]
        impl $name {
            /// Zero.
            ///
            /// # Panics
            ///
            /// The number is another one.
            #[must_use]
            pub const fn new(zero: $number) -> Self {
                assert!(zero == 0, "an atomic begins at zero here");
                Self(Lazy::new())
            }

            /// Reads the number.
            #[must_use]
            pub fn load(&self, ordering: Ordering) -> $number {
                self.0.access().number.load(ordering) as $number
            }

            /// Writes the number.
            pub fn store(&self, number: $number, ordering: Ordering) {
                let cell = self.0.access();
                cell.number.store(usize::from(number), ordering);
            }

            /// Adds, and returns the number before.
            pub fn fetch_add(&self, number: $number, ordering: Ordering) -> $number {
                let cell = self.0.access();
                cell.number.fetch_add(usize::from(number), ordering) as $number
            }

            /// Subtracts, and returns the number before.
            ///
            /// # Panics
            ///
            /// The result is negative.
            pub fn fetch_sub(&self, number: $number, ordering: Ordering) -> $number {
                let cell = self.0.access();
                let before = cell.number.fetch_sub(usize::from(number), ordering);
                assert!(before >= usize::from(number), "the number is negative");
                before as $number
            }

            /// Replaces the number, as often as another thread is in between.
            ///
            /// # Errors
            ///
            /// The number stays, and is returned.
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut replace: impl FnMut($number) -> Option<$number>,
            ) -> Result<$number, $number> {
                let mut before = self.load(fetch);
                while let Some(after) = replace(before) {
                    let cell = self.0.access();
                    let [from, to] = [before, after].map(usize::from);
                    match cell.number.compare_exchange(from, to, set, fetch) {
                        Ok(_) => return Ok(before),
                        Err(other) => before = other as $number,
                    }
                }
                Err(before)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

atomic!(AtomicU8, u8);
atomic!(AtomicUsize, usize);
