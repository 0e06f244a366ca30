//! The outdated generations of sessions: cookies from before a refresh.
//!
//! Rules: 60 seconds after a request has shown a generation, the older ones are outdated. The list keeps that for
//! a day, by a monotonic clock. Memory is bounded, and the session that was shown first goes first.

use std::time::Duration;

use fncy_login_core::{SessionId, SessionRef};
use tokio::time::Instant;

use crate::store::expiring_map::ExpiringMap;

/// How long older generations are good after a newer one was shown. Other tabs of the browser may have sent them
/// before they got the new cookie.
const CONFIRMED: Duration = Duration::from_secs(60);
/// How long an entry stays: by default no cookie lives longer without a request that is admitted.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// A quarter of a kilobyte each.
const MAX_SESSIONS: usize = 100_000;

/// The shown generations of each session, and the time from which the older ones are outdated.
pub(crate) struct Outdated(ExpiringMap<SessionId, Vec<(u32, Instant)>, Instant>);

impl Outdated {
    pub(crate) fn new() -> Self {
        Self(ExpiringMap::new(MAX_SESSIONS))
    }

    /// Notes the first request that shows this generation.
    pub(crate) fn show(&mut self, session: &SessionRef, now: Instant) {
        let mut shown = self.0.remove(&session.id()).unwrap_or_default();
        // Of the generations whose time has come, the newest is enough.
        let counting = shown.iter().rposition(|(_, since)| *since <= now);
        shown.drain(..counting.unwrap_or_default());
        // Most sessions have one.
        shown.reserve_exact(1);
        shown.push((session.generation(), now + CONFIRMED));
        self.0.insert(session.id(), shown, now + REMEMBERED);
        self.0.forget(now);
    }

    pub(crate) fn has(&self, session: &SessionRef, now: Instant) -> bool {
        self.0.get(&session.id()).is_some_and(|shown| {
            let mut shown = shown.iter();
            shown.any(|(generation, since)| *generation > session.generation() && *since <= now)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::{SessionId, SessionRef, Timestamp};
    use tokio::time::Instant;

    use super::{CONFIRMED, MAX_SESSIONS, Outdated, REMEMBERED};

    fn session(number: usize, generation: u32) -> SessionRef {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        let [issued, ends] = [0, 100].map(Timestamp::from_unix);
        SessionRef::new(SessionId::from_bytes(id), generation, issued, ends)
    }

    /// The generations of a session that are outdated.
    fn outdated(outdated: &Outdated, number: usize, now: Instant) -> Vec<u32> {
        let is_outdated = |generation: &u32| outdated.has(&session(number, *generation), now);
        (0..=4).filter(is_outdated).collect()
    }

    #[test]
    fn k24_older_generations_are_outdated_a_minute_after_each_was_shown() {
        let (mut shown, start) = (Outdated::new(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        for (seconds, generation, expected) in [
            (0, Some(1), &[][..]),
            (30, Some(2), &[]),
            (59, None, &[]),
            (60, None, &[0]),
            (89, None, &[0]),
            (90, None, &[0, 1]),
            (100, Some(3), &[0, 1]),
            (110, Some(4), &[0, 1]),
            (160, None, &[0, 1, 2]),
            (170, None, &[0, 1, 2, 3]),
        ] {
            if let Some(generation) = generation {
                shown.show(&session(7, generation), after(seconds));
            }
            assert_eq!(outdated(&shown, 7, after(seconds)), expected, "{seconds}");
        }
        assert_eq!(outdated(&shown, 8, after(170)), [0; 0]);
    }

    #[test]
    fn k24_what_was_shown_first_is_forgotten_first() {
        let (mut shown, start) = (Outdated::new(), Instant::now());
        for number in 0..=MAX_SESSIONS {
            shown.show(&session(number, 1), start);
        }
        let later = start + CONFIRMED;
        assert_eq!(outdated(&shown, 0, later), [0; 0]);
        assert_eq!(outdated(&shown, 1, later), [0]);
        assert_eq!(outdated(&shown, MAX_SESSIONS, later), [0]);
        shown.show(&session(1, 2), start + REMEMBERED);
        assert_eq!(shown.0.len(), 1);
    }
}
