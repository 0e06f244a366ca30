//! The users without an entry in the revocation list, so that their ids aren't hashed for each request.
//!
//! The log names users by SHA-256, which takes longer than all the rest of a lookup.
//!
//! Rules:
//! - A look at a known user reads one number and takes no lock.
//! - A new entry in the list makes all users unknown again.
//! - Memory is fixed: of two users with the same place, the later one takes it.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// A megabyte.
const PLACES: usize = 1 << 17;

pub(crate) struct Unlisted {
    places: Box<[AtomicU64]>,
    /// The number of user entries that the list got so far.
    entries: AtomicU64,
    hasher: RandomState,
}

/// A user as of a number of entries.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// The list has no user yet.
    EmptyList,
    Of {
        place: usize,
        mark: u64,
    },
}

impl Unlisted {
    pub(crate) fn new() -> Self {
        Self {
            places: (0..PLACES).map(|_| AtomicU64::new(0)).collect(),
            entries: AtomicU64::new(0),
            hasher: RandomState::new(),
        }
    }

    /// The user's mark. Take it before looking into the list.
    pub(crate) fn mark(&self, user_id: &str) -> Mark {
        match self.entries.load(Ordering::Acquire) {
            0 => Mark::EmptyList,
            entries => {
                let hash = self.hasher.hash_one(user_id);
                let place = usize::try_from(hash % PLACES as u64).unwrap_or_default();
                // With another number of entries, the user has another mark.
                let mark = (hash ^ entries).max(1);
                Mark::Of { place, mark }
            }
        }
    }

    pub(crate) fn has(&self, mark: Mark) -> bool {
        match mark {
            Mark::EmptyList => true,
            Mark::Of { place, mark } => self.places[place].load(Ordering::Relaxed) == mark,
        }
    }

    /// Notes that the list has no entry of this user.
    pub(crate) fn note(&self, mark: Mark) {
        if let Mark::Of { place, mark } = mark {
            self.places[place].store(mark, Ordering::Relaxed);
        }
    }

    /// Forgets all users, since the list has a new entry.
    pub(crate) fn forget(&self) {
        self.entries.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::Unlisted;

    #[test]
    fn a_user_is_known_until_the_list_has_a_new_entry() {
        let unlisted = Unlisted::new();
        assert!(unlisted.has(unlisted.mark("alex")), "the list is empty");
        unlisted.forget();
        let mark = unlisted.mark("alex");
        assert!(!unlisted.has(mark));
        unlisted.note(mark);
        assert!(unlisted.has(unlisted.mark("alex")));
        assert!(!unlisted.has(unlisted.mark("haneul")));
        unlisted.forget();
        assert!(!unlisted.has(unlisted.mark("alex")));
        unlisted.note(mark);
        assert!(
            !unlisted.has(unlisted.mark("alex")),
            "the look began before the entry"
        );
    }
}
