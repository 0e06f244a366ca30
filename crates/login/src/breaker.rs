//! The breaker: whether the provider answers refreshes at all.
//!
//! ```text
//!                a token fails, the fifth with no success between;
//!                no connection can be made
//!    +--------+ -----------------------------------------------------> +------+
//!    | closed |                                                        | open | --+ a second later: one
//!    +--------+ <----------------------------------------------------- +------+ <-+ refresh goes, as a probe
//!     |     ^                   a refresh is answered
//!     |     |
//!     +-----+ a token fails, and fewer than five have; a refresh is answered
//! ```
//!
//! Rules:
//! - One token that fails says nothing of the others: it rests alone (`renewals.rs`), and the breaker
//!   counts tokens, not failures.
//! - A client that is refused for five tokens is refused for all; for one, it may be FNCY's mistake.
//! - An answer is a success here if it speaks of the token: new tokens, or a refusal of the old one.
//! - While it is open, a refresh goes each second, whether the last one was answered or not. The rest is
//!   told to come again a second later.
//! - Rests that began before it closed are over: they were the provider's trouble, not their token's.

use std::collections::HashSet;
use std::time::Duration;

use fncy_login_core::RenewalFailure;
use tokio::time::Instant;

/// Tokens that fail with no success between before nobody is asked: one user with several browsers
/// doesn't have so many.
const TOKENS: usize = 5;
/// Between two probes.
const PROBE_EVERY: Duration = Duration::from_secs(1);

/// A keyed hash of a refresh token.
type Key = [u8; 32];

#[derive(Default)]
pub(crate) struct Breaker {
    /// The tokens that failed since the last success.
    failed: HashSet<Key>,
    /// The next probe, while it is open.
    probe: Option<Instant>,
    /// When it last closed.
    closed: Option<Instant>,
}

impl Breaker {
    /// Lets a refresh go, or says when to come again.
    pub(crate) fn pass(&mut self, now: Instant) -> Result<(), Instant> {
        match self.probe {
            Some(probe) if probe > now => Err(probe),
            Some(_) => {
                self.probe = Some(now + PROBE_EVERY);
                Ok(())
            }
            None => Ok(()),
        }
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
    pub(crate) fn failed(&mut self, key: Key, failure: RenewalFailure, now: Instant) {
        let concerns_all = failure == RenewalFailure::Unreachable;
        if self.failed.len() < TOKENS {
            self.failed.insert(key);
        }
        if self.probe.is_none() && (concerns_all || self.failed.len() >= TOKENS) {
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

    use fncy_login_core::RenewalFailure;
    use tokio::time::Instant;

    use super::{Breaker, TOKENS};

    const LOST: RenewalFailure = RenewalFailure::Unavailable { retry_after: 300 };
    const SECOND: Duration = Duration::from_secs(1);

    /// A breaker that has just opened, and when that was.
    fn open() -> (Breaker, Instant) {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed([0; 32], RenewalFailure::Unreachable, now);
        (breaker, now)
    }

    #[test]
    fn f16_one_token_that_fails_opens_nothing() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..100 {
            breaker.failed([1; 32], LOST, now);
        }
        assert_eq!(breaker.pass(now), Ok(()));
    }

    #[test]
    fn several_tokens_with_no_success_between_open_it() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        for round in 0..2 {
            for token in 1..TOKENS {
                breaker.failed([u8::try_from(token).unwrap(); 32], LOST, now);
                assert_eq!(breaker.pass(now), Ok(()), "{round} {token}");
            }
            breaker.succeeded(now);
        }
        for token in 0..TOKENS {
            assert_eq!(breaker.pass(now), Ok(()), "{token}");
            breaker.failed([u8::try_from(token).unwrap(); 32], LOST, now);
        }
        assert_eq!(breaker.pass(now), Err(now + SECOND));
    }

    #[test]
    fn no_connection_opens_it_at_once() {
        let (mut breaker, now) = open();
        assert_eq!(breaker.pass(now), Err(now + SECOND));
    }

    #[test]
    fn one_probe_goes_each_second_whether_the_last_was_answered_or_not() {
        let (mut breaker, now) = open();
        let ticks = (0..30_u32).map(|tick| now + tick * SECOND / 10);
        let gone = ticks.filter(|tick| breaker.pass(*tick).is_ok());
        assert_eq!(gone.collect::<Vec<_>>(), [now + SECOND, now + 2 * SECOND]);
    }

    #[test]
    fn a_probe_that_fails_leaves_it_open() {
        let (mut breaker, now) = open();
        assert_eq!(breaker.pass(now + SECOND), Ok(()));
        breaker.failed([2; 32], LOST, now + SECOND);
        assert_eq!(breaker.pass(now + SECOND), Err(now + 2 * SECOND));
    }

    #[test]
    fn p41_a_success_closes_it_and_ends_the_rests_before() {
        let (mut breaker, now) = open();
        assert!(!breaker.has_closed_since(now));
        let later = now + SECOND / 2;
        breaker.succeeded(later);
        assert_eq!(breaker.pass(later), Ok(()));
        assert!(breaker.has_closed_since(now));
        assert!(!breaker.has_closed_since(later + SECOND));
    }

    #[test]
    fn a_success_while_it_is_closed_ends_no_rest() {
        let (mut breaker, now) = (Breaker::default(), Instant::now());
        breaker.failed([1; 32], LOST, now);
        breaker.succeeded(now);
        assert!(!breaker.has_closed_since(now));
    }
}
