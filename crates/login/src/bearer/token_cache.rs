//! What is remembered of bearer tokens: accepted ones with their users, refused ones, and those that FNCY is asked about.
//!
//! Rules:
//! - A token is remembered by a keyed hash. Its text is not kept.
//! - An accepted token is believed for a minute, and no longer than its own life. A refused one is refused for ten
//!   seconds.
//! - Accepted and refused tokens have memories of their own, so invented tokens push no accepted one out.
//! - All requests that show the same token share one question.
//! - If the clock jumps back, what was learned in its future counts no more.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fncy_login_core::{BearerRefusal, TOKEN_CHECK_LIFE, Timestamp, User};

use crate::store::expiring_map::{ExpiringMap, shrink};
use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// The number of the prefix, and the keyed hash of a token.
pub(crate) type TokenKey = (usize, [u8; 32]);
/// The outcome of a question.
pub(crate) type Outcome = Result<User, BearerRefusal>;

/// How long a refused token is refused without a question, in seconds.
const REFUSED_LIFE: u64 = 10;
/// The number of tokens in each memory.
const MAX_TOKENS: usize = 20_000;

/// The tokens that this process knows.
pub(crate) struct TokenCache(Mutex<Memory>);

struct Memory {
    accepted: ExpiringMap<TokenKey, Accepted, Timestamp>,
    refused: ExpiringMap<TokenKey, Refused, Timestamp>,
    asked: HashMap<TokenKey, UnderWay<Outcome>>,
}

struct Accepted {
    since: Timestamp,
    until: Timestamp,
    user: User,
}

struct Refused {
    since: Timestamp,
    until: Timestamp,
    detail: &'static str,
}

impl TokenCache {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory {
            accepted: ExpiringMap::new(MAX_TOKENS),
            refused: ExpiringMap::new(MAX_TOKENS),
            asked: HashMap::new(),
        }))
    }

    /// What is known of a token now.
    pub(crate) fn get(&self, key: &TokenKey, now: Timestamp) -> Option<Outcome> {
        let memory = self.memory();
        let is_now = |since: Timestamp, until: Timestamp| since <= now && now < until;
        if let Some(known) = memory.accepted.get(key)
            && is_now(known.since, known.until)
        {
            return Some(Ok(known.user.clone()));
        }
        let known = memory.refused.get(key)?;
        is_now(known.since, known.until).then_some(Err(BearerRefusal::Invalid(known.detail)))
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
    pub(crate) fn finish(&self, key: TokenKey, outcome: &Outcome, now: Timestamp) {
        let mut memory = self.memory();
        memory.asked.remove(&key);
        shrink(&mut memory.asked);
        match outcome {
            Ok(user) => {
                let until = now.plus(TOKEN_CHECK_LIFE).min(user.session_ends());
                let user = user.clone();
                let since = now;
                memory
                    .accepted
                    .insert(key, Accepted { since, until, user }, until);
                memory.accepted.forget(now);
            }
            Err(BearerRefusal::Invalid(detail)) => {
                let (since, until) = (now, now.plus(REFUSED_LIFE));
                memory.accepted.remove(&key);
                memory.refused.insert(
                    key,
                    Refused {
                        since,
                        until,
                        detail,
                    },
                    until,
                );
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
        let members = json!({ "active": true, "sub": "alex", "exp": NOW + seconds });
        let members = members.as_object().unwrap().clone();
        machine.judged(&policy, &[7; 32], members, at(0))
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
        for (number, life, until) in [(1, 600, TOKEN_CHECK_LIFE), (2, 30, 30)] {
            cache.finish(key(number), &user(&machine, life), at(0));
            let is_known = |seconds| cache.get(&key(number), at(seconds)).is_some();
            assert!(is_known(0) && is_known(until - 1) && !is_known(until));
        }
        cache.finish(key(3), &Err(BearerRefusal::Invalid("invented")), at(0));
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
        cache.finish(key(1), &user(&machine, 600), at(0));
        cache.finish(key(1), &Err(BearerRefusal::Invalid("revoked")), at(1));
        assert!(matches!(cache.get(&key(1), at(1)), Some(Err(_))));
        // An outage says nothing about the token.
        cache.finish(key(1), &Err(BearerRefusal::Crowded), at(20));
        assert!(cache.get(&key(1), at(20)).is_none());
    }

    #[test]
    fn b06_invented_tokens_push_no_accepted_one_out_and_memory_is_bounded() {
        let (machine, cache) = (machine(), TokenCache::new());
        cache.finish(key(0), &user(&machine, 600), at(0));
        for number in 1..50_000 {
            let (_, sender) = cache.enter(key(number));
            drop(sender);
            cache.finish(key(number), &Err(BearerRefusal::Invalid("invented")), at(0));
        }
        assert!(matches!(cache.get(&key(0), at(0)), Some(Ok(_))));
        let memory = cache.memory();
        assert_eq!((memory.refused.len(), memory.asked.len()), (MAX_TOKENS, 0));
    }
}
