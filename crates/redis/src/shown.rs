//! Which sessions this instance has said were shown.
//!
//! Rules: a request whose session was said already costs one look at one number, and locks nothing; memory is
//! fixed, and of two sessions with one place the later one takes it. The other is said again: that changes nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use fncy_login::store::SessionRef;

/// A megabyte.
const PLACES: usize = 1 << 17;

pub(crate) struct Shown(Box<[AtomicU64]>);

impl Shown {
    pub(crate) fn new() -> Self {
        Self((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }

    /// Whether this generation of a session was not said yet; from now on it was.
    pub(crate) fn is_first(&self, session: &SessionRef) -> bool {
        let (place, mark) = self.place(session);
        place.load(Ordering::Relaxed) != mark && place.swap(mark, Ordering::Relaxed) != mark
    }

    /// It could not be said.
    pub(crate) fn forget(&self, session: &SessionRef) {
        let (place, mark) = self.place(session);
        // Another session may have taken the place.
        let _ = place.compare_exchange(mark, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Where it is noted, and as what: a session's id is random.
    fn place(&self, session: &SessionRef) -> (&AtomicU64, u64) {
        let (halves, _) = session.id.as_chunks::<8>();
        let [low, high] = [halves[0], halves[1]].map(u64::from_le_bytes);
        let mark = low ^ u64::from(session.generation).rotate_left(32);
        let place = usize::try_from(high % PLACES as u64).unwrap_or_default();
        (&self.0[place], mark.max(1))
    }
}

#[cfg(test)]
mod tests {
    use fncy_login::Timestamp;
    use fncy_login::store::SessionRef;

    use super::{PLACES, Shown};

    fn session(id: u128, generation: u32) -> SessionRef {
        SessionRef {
            id: id.to_le_bytes(),
            generation,
            issued: Timestamp::from_unix(0),
            ends: Timestamp::from_unix(1),
        }
    }

    #[test]
    fn each_generation_is_said_once() {
        let shown = Shown::new();
        let ids = [0, 7, 7 + (1 << 64), 8 + (2 << 64)];
        for id in ids {
            for generation in [1, 2] {
                assert!(shown.is_first(&session(id, generation)), "{id}");
                assert!(!shown.is_first(&session(id, generation)), "{id}");
            }
        }
        let [.., other, last] = ids;
        assert!(!shown.is_first(&session(other, 2)));
        shown.forget(&session(last, 1));
        assert!(!shown.is_first(&session(last, 2)), "that was another one");
        shown.forget(&session(last, 2));
        assert!(shown.is_first(&session(last, 2)));
        let neighbour = session(7 + ((1 + PLACES as u128) << 64), 3);
        assert!(shown.is_first(&neighbour));
        assert!(shown.is_first(&session(other, 2)), "its place was taken");
    }
}
