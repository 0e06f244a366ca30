//! What is remembered of bearer tokens: accepted ones with their users, refused ones, and those that FNCY is asked about.
//!
//! Rules:
//! - A token is remembered by a keyed hash. Its text is not kept.
//! - An accepted token is believed for a minute, and no longer than its own life. For an hour it is known as one that was
//!   accepted, so that invented tokens don't delay the next question about it. A refused token is refused for ten seconds.
//! - Accepted and refused tokens have memories of their own, so invented tokens push no accepted one out.
//! - All requests that show the same token share one question.
//! - A time is counted from the start of the question, by a clock that can't jump. If the login's clock jumps back,
//!   answers from after its new time no longer count.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{BearerRefusal, MAX_SKEW, TOKEN_CHECK_LIFE, Timestamp, User, quick_hash};
use tokio::time::Instant;

use crate::store::expiring_map::{ExpiringMap, shrink};
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// The number of the prefix, and the keyed hash of a token.
pub(crate) type TokenKey = (usize, [u8; 32]);
/// The outcome of a question.
pub(crate) type Outcome = Result<User, BearerRefusal>;

/// How long a refused token is refused without a question, in seconds.
const REFUSED_LIFE: u64 = 10;
/// How long an accepted token is known as one.
const KNOWN: Duration = Duration::from_secs(60 * 60);
/// The number of tokens in each memory.
const MAX_TOKENS: usize = 20_000;

/// The tokens that this process knows.
pub(crate) struct TokenCache(Mutex<Memory>);

struct Memory {
    accepted: ExpiringMap<TokenKey, Learned<User>, Instant>,
    /// The number of the user of each token that was accepted lately.
    known: ExpiringMap<TokenKey, u64, Instant>,
    refused: ExpiringMap<TokenKey, Learned<&'static str>, Instant>,
    asked: HashMap<TokenKey, UnderWay<Outcome>>,
}

/// What an answer of FNCY says.
struct Learned<T> {
    asked: Asked,
    /// The life of the answer, in seconds.
    life: u64,
    value: T,
}

/// The time of a question, by both clocks.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) at: Timestamp,
    pub(crate) instant: Instant,
}

impl<T> Learned<T> {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let Asked { at, instant } = self.asked;
        let age = instant.elapsed().as_secs().max(now.seconds_since(at));
        at <= now && age < self.life
    }
}

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            accepted: ExpiringMap::new(MAX_TOKENS),
            known: ExpiringMap::new(MAX_TOKENS),
            refused: ExpiringMap::new(MAX_TOKENS),
            asked: HashMap::new(),
        }))
    }

    /// What is known of a token now.
    pub(crate) fn get(&self, key: &TokenKey, now: Timestamp) -> Option<Outcome> {
        let memory = self.memory();
        if let Some(user) = memory.accepted.get(key)
            && user.is_fresh(now)
        {
            return Some(Ok(user.value.clone()));
        }
        let refused = memory.refused.get(key)?;
        refused
            .is_fresh(now)
            .then_some(Err(BearerRefusal::Invalid(refused.value)))
    }

    /// The number of the user whose token was accepted within the last hour.
    pub(crate) fn user_of(&self, key: &TokenKey) -> Option<u64> {
        self.memory().known.get(key).copied()
    }

    /// Joins the question about a token, or begins it. The sender is for the first request, which asks.
    pub(crate) fn enter(&self, key: TokenKey) -> (InFlight<Outcome>, Option<Sender<Outcome>>) {
        let mut memory = self.memory();
        if let Some(joined) = memory.asked.get(&key).and_then(UnderWay::join) {
            return (joined, None);
        }
        let (sender, first) = in_flight();
        memory.asked.insert(key, sender.under_way());
        (first, Some(sender))
    }

    /// Remembers the outcome of a question.
    pub(crate) fn finish(&self, key: TokenKey, outcome: &Outcome, asked: Asked) {
        let mut memory = self.memory();
        memory.asked.remove(&key);
        shrink(&mut memory.asked);
        let now = Instant::now();
        match outcome {
            Ok(user) => {
                let rest = user.session_ends().plus(MAX_SKEW).seconds_since(asked.at);
                let life = TOKEN_CHECK_LIFE.min(rest);
                let number = quick_hash(user.id().as_bytes());
                memory.known.insert(key, number, asked.instant + KNOWN);
                memory.known.forget(now);
                let (value, until) = (user.clone(), asked.instant + Duration::from_secs(life));
                let learned = Learned { asked, life, value };
                memory.accepted.insert(key, learned, until);
                memory.accepted.forget(now);
            }
            Err(BearerRefusal::Invalid(value)) => {
                let (life, value) = (REFUSED_LIFE, *value);
                memory.accepted.remove(&key);
                memory.known.remove(&key);
                let until = asked.instant + Duration::from_secs(life);
                memory
                    .refused
                    .insert(key, Learned { asked, life, value }, until);
                memory.refused.forget(now);
            }
            Err(_) => {}
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_core::{BearerMachine, TokenPolicy, TokenSource, UserPointers};
    use serde_json::json;
    use tokio::time::advance;

    use super::*;
    use crate::refresh::tests::double::settings;

    const NOW: u64 = 1_893_456_000;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix(NOW + seconds)
    }

    fn machine() -> BearerMachine {
        settings().build().unwrap().0.core.bearer_machine()
    }

    /// The user of a token that lives so long.
    fn user(machine: &BearerMachine, seconds: u64) -> Outcome {
        let policy = TokenPolicy {
            source: TokenSource::Introspection,
            clients: Vec::new(),
            audiences: Vec::new(),
            client: "/client_id".to_owned(),
            user: UserPointers::new(None, None, None).unwrap(),
        };
        let members =
            json!({ "active": true, "sub": "alex", "client_id": "a", "exp": NOW + seconds });
        let members = members.as_object().unwrap().clone();
        machine.judged(&policy, "token", members, at(0))
    }

    fn asked(seconds: u64) -> Asked {
        Asked {
            at: at(seconds),
            instant: Instant::now(),
        }
    }

    fn key(number: u32) -> TokenKey {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_be_bytes());
        (0, hash)
    }

    #[test]
    fn b05_a_token_is_remembered_for_a_minute_and_no_longer_than_its_life() {
        let machine = machine();
        let cache = TokenCache::new();
        for (number, life, until) in [(1, 600, TOKEN_CHECK_LIFE), (2, 10, TOKEN_CHECK_LIFE)] {
            cache.finish(key(number), &user(&machine, life), asked(0));
            let is_known = |seconds| cache.get(&key(number), at(seconds)).is_some();
            assert!(is_known(0) && is_known(until - 1) && !is_known(until));
        }
        cache.finish(key(3), &Err(BearerRefusal::Invalid("invented")), asked(0));
        let is_known = |seconds| cache.get(&key(3), at(seconds)).is_some();
        assert!(is_known(REFUSED_LIFE - 1) && !is_known(REFUSED_LIFE));
        // Another prefix has another check.
        assert!(cache.get(&(1, key(1).1), at(0)).is_none());
        // A clock that has jumped back.
        let before = Timestamp::from_unix(NOW - 1);
        assert!(cache.get(&key(1), before).is_none());
        assert!(cache.get(&key(3), before).is_none());
    }

    #[test]
    fn b05_a_refusal_takes_the_place_of_an_acceptance() {
        let (machine, cache) = (machine(), TokenCache::new());
        cache.finish(key(1), &user(&machine, 600), asked(0));
        cache.finish(key(1), &Err(BearerRefusal::Invalid("revoked")), asked(1));
        assert!(matches!(cache.get(&key(1), at(1)), Some(Err(_))));
        // An outage says nothing about the token.
        cache.finish(key(1), &Err(BearerRefusal::Crowded), asked(20));
        assert!(cache.get(&key(1), at(20)).is_none());
    }

    #[test]
    fn b06_invented_tokens_push_no_accepted_one_out_and_memory_is_bounded() {
        let (machine, cache) = (machine(), TokenCache::new());
        cache.finish(key(0), &user(&machine, 600), asked(0));
        for number in 1..50_000 {
            drop(cache.enter(key(number)));
            cache.finish(
                key(number),
                &Err(BearerRefusal::Invalid("invented")),
                asked(0),
            );
        }
        assert!(matches!(cache.get(&key(0), at(0)), Some(Ok(_))));
        let memory = cache.memory();
        assert_eq!((memory.refused.len(), memory.asked.len()), (MAX_TOKENS, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn b05_a_clock_that_stands_still_prolongs_no_answer() {
        let (machine, cache) = (machine(), TokenCache::new());
        cache.finish(key(1), &user(&machine, 600), asked(0));
        advance(Duration::from_secs(TOKEN_CHECK_LIFE)).await;
        assert!(cache.get(&key(1), at(0)).is_none());
        assert!(cache.user_of(&key(1)).is_some());
        advance(KNOWN).await;
        cache.finish(key(2), &user(&machine, 600), asked(0));
        assert!(cache.user_of(&key(1)).is_none());
    }
}
