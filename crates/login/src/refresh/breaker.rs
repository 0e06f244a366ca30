//! The breaker: whether the provider answers refreshes at all.
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
//! - One token that fails says nothing of the others: it rests alone (`refreshes.rs`), and the breaker
//!   counts users, not failures: one user may have any number of sessions that fail.
//! - A client that is refused for five users is refused for all; for one, it may be FNCY's mistake.
//! - An answer is a success here if it speaks of the token: new tokens, or a refusal of the old one.
//! - While it is open, a refresh goes each second, whether the last one was answered or not. The rest is
//!   told to come again a second later.
//! - A probe is taken where the provider is asked, and not before: a request that finds what was left, or waits
//!   for another instance, asks the provider nothing.
//! - Rests that began before it closed are over: they were the provider's trouble, not their token's.

use std::collections::HashSet;
use std::time::Duration;

use fncy_login_core::RefreshFailure;
use tokio::time::Instant;

/// Users whose tokens fail with no success between before the provider is asked no more.
const USERS: usize = 5;
/// Between two probes.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// A user, as a number.
type User = u64;

#[derive(Default)]
pub(crate) struct Breaker {
    /// The users whose tokens failed since the last success.
    failed: HashSet<User>,
    /// The next probe, while it is open.
    probe: Option<Instant>,
    /// When it last closed.
    closed: Option<Instant>,
}

impl Breaker {
    /// When to come again, if no refresh goes now.
    pub(crate) fn blocks_until(&self, now: Instant) -> Option<Instant> {
        self.probe.filter(|probe| *probe > now)
    }

    /// Whether the provider is asked now: while it is open, that is the probe.
    pub(crate) fn pass(&mut self, now: Instant) -> bool {
        if self.blocks_until(now).is_some() {
            return false;
        }
        if let Some(probe) = &mut self.probe {
            *probe = now + PROBE_EVERY;
        }
        true
    }

    /// The provider has spoken of a token.
    pub(crate) fn succeeded(&mut self, now: Instant) {
        self.failed.clear();
        if self.probe.take().is_some() {
            self.closed = Some(now);
            tracing::info!("the provider answers refreshes again");
        }
    }

    /// It has not.
    pub(crate) fn failed(&mut self, user: User, failure: RefreshFailure, now: Instant) {
        let concerns_all = failure == RefreshFailure::Unreachable;
        if self.failed.len() < USERS {
            self.failed.insert(user);
        }
        if self.probe.is_none() && (concerns_all || self.failed.len() >= USERS) {
            self.probe = Some(now + PROBE_EVERY);
            tracing::warn!(
                outcome = failure.as_str(),
                "the provider does not answer refreshes; one is tried each second"
            );
        }
    }

    /// Whether a rest that began then is over, since the provider has recovered.
    pub(crate) fn has_closed_since(&self, then: Instant) -> bool {
        self.closed.is_some_and(|closed| closed >= then)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::RefreshFailure;
    use tokio::time::Instant;

    use super::{Breaker, USERS};

    const LOST: RefreshFailure = RefreshFailure::Unavailable { retry_after: 300 };
    const SECOND: Duration = Duration::from_secs(1);

    /// A breaker that has just opened, and when that was.
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
