//! The circuit breaker of all refreshes: it opens while the provider doesn't answer them.
//!
//! ```text
//!                a token fails, of the fifth user with no success between;
//!                no connection can be made
//!    +--------+ -----------------------------------------------------> +------+
//!    | closed |                                                        | open | --+ a second later: one
//!    +--------+ <----------------------------------------------------- +------+ <-+ refresh goes, as a probe
//!     |     ^                   a refresh is answered
//!     |     |
//!     +-----+ a token fails, of fewer than five users; a refresh is answered
//! ```
//!
//! Rules:
//! - A token that fails rests alone (`refreshes.rs`), since other tokens may work.
//! - The breaker counts users and not failures, since one user may have many sessions that fail.
//! - If the provider refuses the client for five users, it refuses it for all. For one user it may be FNCY's mistake.
//! - An answer is a success here if it is about the token: new tokens, or a refusal of the old one.
//! - While the breaker is open, one refresh a second goes through, even if the last one had no answer. All others
//!   fail, with a second to wait.
//! - A refresh counts as a probe only when the provider is asked. A request that finds an outcome in the store, or waits
//!   for another instance, is no probe.
//! - A minute after the last failure, the breaker blocks no refresh. An instance without traffic would otherwise refuse its
//!   first users because of an outage that is long over.
//! - When the breaker closes, all earlier rests are over, since the provider was their cause and not the token.

use std::collections::HashSet;
use std::time::Duration;

use fncy_login_core::RefreshFailure;
use tokio::time::Instant;

/// The number of users whose tokens fail without a success between them until the breaker opens.
const USERS: usize = 5;
/// The time between two probes.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long failures count.
pub(crate) const FORGIVEN: Duration = Duration::from_secs(60);

/// A user, as a number.
type User = u64;

#[derive(Default)]
pub(crate) struct Breaker {
    /// The users whose tokens have failed since the last success.
    failed: HashSet<User>,
    /// The time of the next probe. `None` while the breaker is closed.
    probe: Option<Instant>,
    /// When the last token failed.
    last_failure: Option<Instant>,
    /// When the breaker last closed.
    closed: Option<Instant>,
}

impl Breaker {
    /// The time of the next probe, if no refresh may go now.
    pub(crate) fn blocks_until(&self, now: Instant) -> Option<Instant> {
        let probe = self.probe.filter(|probe| *probe > now);
        probe.filter(|_| !self.is_forgiven(now))
    }

    /// Whether the provider may be asked now. While the breaker is open, `true` takes the probe.
    pub(crate) fn pass(&mut self, now: Instant) -> bool {
        if self.blocks_until(now).is_some() {
            return false;
        }
        if let Some(probe) = &mut self.probe {
            *probe = now + PROBE_EVERY;
        }
        true
    }

    /// Counts an answer about a token. Returns whether this has closed the breaker.
    pub(crate) fn succeeded(&mut self, now: Instant) -> bool {
        self.failed.clear();
        let closes = self.probe.take().is_some();
        if closes {
            self.closed = Some(now);
        }
        closes
    }

    /// Counts a failure of a user's token. Returns whether this has opened the breaker.
    pub(crate) fn failed(&mut self, user: User, failure: RefreshFailure, now: Instant) -> bool {
        let concerns_all = failure == RefreshFailure::Unreachable;
        if self.is_forgiven(now) {
            self.failed.clear();
        }
        self.last_failure = Some(now);
        if self.failed.len() < USERS {
            self.failed.insert(user);
        }
        let opens = self.probe.is_none() && (concerns_all || self.failed.len() >= USERS);
        if opens {
            self.probe = Some(now + PROBE_EVERY);
        }
        opens
    }

    /// Whether the last failure counts no longer.
    fn is_forgiven(&self, now: Instant) -> bool {
        self.last_failure
            .is_none_or(|failure| failure + FORGIVEN <= now)
    }

    /// Whether the breaker has closed since then, so that a rest which began then is over.
    pub(crate) fn has_closed_since(&self, then: Instant) -> bool {
        self.closed.is_some_and(|closed| closed >= then)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::RefreshFailure;
    use tokio::time::Instant;

    use super::{Breaker, FORGIVEN, USERS};

    const LOST: RefreshFailure = RefreshFailure::Unavailable { retry_after: 300 };
    const SECOND: Duration = Duration::from_secs(1);

    /// A breaker that has just opened, and the time.
    fn open() -> (Breaker, Instant) {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed(0, RefreshFailure::Unreachable, now);
        (breaker, now)
    }

    #[test]
    fn f16_one_user_whose_tokens_fail_opens_nothing() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..100 {
            breaker.failed(1, LOST, now);
        }
        assert!(breaker.pass(now));
    }

    #[test]
    fn several_users_with_no_success_between_open_it() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for round in 0..2 {
            for user in 1..USERS {
                breaker.failed(user as u64, LOST, now);
                assert!(breaker.pass(now), "{round} {user}");
            }
            breaker.succeeded(now);
        }
        for user in 0..USERS {
            assert!(breaker.pass(now), "{user}");
            breaker.failed(user as u64, LOST, now);
        }
        assert_eq!(breaker.blocks_until(now), Some(now + SECOND));
        assert!(!breaker.pass(now));
    }

    #[test]
    fn no_connection_opens_it_at_once() {
        let (mut breaker, now) = open();
        assert_eq!(breaker.blocks_until(now), Some(now + SECOND));
        assert!(!breaker.pass(now));
    }

    #[test]
    fn one_probe_goes_each_second_whether_the_last_was_answered_or_not() {
        let (mut breaker, now) = open();
        let ticks = (0..30_u32).map(|tick| now + tick * SECOND / 10);
        let gone = ticks.filter(|tick| breaker.pass(*tick));
        assert_eq!(gone.collect::<Vec<_>>(), [now + SECOND, now + 2 * SECOND]);
    }

    #[test]
    fn a_minute_without_traffic_ends_an_outage() {
        let (mut breaker, now) = open();
        let later = now + FORGIVEN;
        assert!(breaker.pass(later - SECOND));
        assert!(!breaker.pass(later - SECOND / 2), "one probe a second");
        // Two users come at the same time.
        assert!(breaker.pass(later));
        assert!(breaker.pass(later));
        breaker.failed(1, LOST, later);
        assert!(!breaker.pass(later), "it is still open");
        assert!(breaker.pass(later + SECOND));
    }

    #[test]
    fn users_whose_tokens_fail_now_and_then_open_nothing() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for user in 0..10 {
            let later = now + FORGIVEN * user;
            breaker.failed(u64::from(user), LOST, later);
            assert!(breaker.pass(later), "{user}");
        }
    }

    #[test]
    fn a_probe_that_fails_leaves_it_open() {
        let (mut breaker, now) = open();
        assert!(breaker.pass(now + SECOND));
        breaker.failed(2, LOST, now + SECOND);
        assert_eq!(breaker.blocks_until(now + SECOND), Some(now + 2 * SECOND));
        assert!(!breaker.pass(now + SECOND));
    }

    #[test]
    fn p41_a_success_closes_it_and_ends_the_rests_before() {
        let (mut breaker, now) = open();
        assert!(!breaker.has_closed_since(now));
        let later = now + SECOND / 2;
        breaker.succeeded(later);
        assert!(breaker.pass(later));
        assert!(breaker.has_closed_since(now));
        assert!(!breaker.has_closed_since(later + SECOND));
    }

    #[test]
    fn a_success_while_it_is_closed_ends_no_rest() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed(1, LOST, now);
        breaker.succeeded(now);
        assert!(!breaker.has_closed_since(now));
    }
}
