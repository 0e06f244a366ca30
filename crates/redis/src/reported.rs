//! The generations that this instance has confirmed, so that it does so once.
//!
//! Rules: a request whose session is confirmed costs one look at one number, and no lock. Memory is fixed: of two
//! sessions with the same place, the later one takes it. Confirming the other one again changes nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use fncy_login::store::SessionRef;

/// A megabyte.
const PLACES: usize = 1 << 17;

pub(crate) struct Reported(Box<[AtomicU64]>);

impl Reported {
    pub(crate) fn new() -> Self {
        Self((0..PLACES).map(|_| AtomicU64::new(0)).collect())
    }

    /// Notes a generation of a session, and whether it is new here.
    pub(crate) fn is_first(&self, session: &SessionRef) -> bool {
        let (place, mark) = self.place(session);
        place.load(Ordering::Relaxed) != mark && place.swap(mark, Ordering::Relaxed) != mark
    }

    /// Takes that back: it could not be confirmed.
    pub(crate) fn forget(&self, session: &SessionRef) {
        let (place, mark) = self.place(session);
        // Another session may have taken the place.
        let _ = place.compare_exchange(mark, 0, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The place of a session, whose id is random, and the number for a generation.
    fn place(&self, session: &SessionRef) -> (&AtomicU64, u64) {
        let id = session.id();
        let (halves, _) = id.as_bytes().as_chunks::<8>();
        let [low, high] = [halves[0], halves[1]].map(u64::from_le_bytes);
        let mark = low ^ u64::from(session.generation()).rotate_left(32);
        let place = usize::try_from(high % PLACES as u64).unwrap_or_default();
        (&self.0[place], mark.max(1))
    }
}

#[cfg(test)]
mod tests {
    use fncy_login::Timestamp;
    use fncy_login::store::{SessionId, SessionRef};

    use super::{PLACES, Reported};

    fn session(id: u128, generation: u32) -> SessionRef {
        let [issued, ends] = [0, 1].map(Timestamp::from_unix);
        let id = SessionId::from_bytes(id.to_le_bytes());
        SessionRef::new(id, generation, issued, ends)
    }

    #[test]
    fn each_generation_is_reported_once() {
        let reported = Reported::new();
        let ids = [0, 7, 7 + (1 << 64), 8 + (2 << 64)];
        for id in ids {
            for generation in [1, 2] {
                assert!(reported.is_first(&session(id, generation)), "{id}");
                assert!(!reported.is_first(&session(id, generation)), "{id}");
            }
        }
        let [.., other, last] = ids;
        assert!(!reported.is_first(&session(other, 2)));
        reported.forget(&session(last, 1));
        assert!(
            !reported.is_first(&session(last, 2)),
            "that was another one"
        );
        reported.forget(&session(last, 2));
        assert!(reported.is_first(&session(last, 2)));
        let neighbour = session(7 + ((1 + PLACES as u128) << 64), 3);
        assert!(reported.is_first(&neighbour));
        assert!(reported.is_first(&session(other, 2)), "its place was taken");
    }
}
