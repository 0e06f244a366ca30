//! What is known from outside: whose session a cookie is, which exchanges have arrived, and what was promised.

use std::collections::{BTreeMap, HashMap};

use crate::provider::Grant;
use crate::schedule::Time;

/// The name of the session's cookie.
const SESSION: &str = "__Host-fncy_session=";

/// What is known of sessions and exchanges.
#[derive(Default)]
pub(crate) struct Ledger {
    exchanges: HashMap<u64, Exchange>,
    /// The session and generation of each value that a session cookie ever had.
    values: HashMap<String, Shown>,
    pub(crate) sessions: Vec<Session>,
}

struct Exchange {
    instance: usize,
    arrived: Option<Time>,
    /// Whether its answer never came, or was no success.
    is_failed: bool,
}

/// What a session cookie stands for.
#[derive(Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) session: usize,
    pub(crate) generation: u32,
}

/// A session.
pub(crate) struct Session {
    pub(crate) user: &'static str,
    pub(crate) grant: Grant,
    pub(crate) began: Time,
    /// When a request first had each generation, and the generations that no request had yet.
    pub(crate) generations: BTreeMap<u32, Option<Time>>,
    /// Whether an instance was asked to end it.
    pub(crate) is_to_end: bool,
    /// The times after which no instance may admit it.
    pub(crate) promises: Vec<Time>,
}

impl Session {
    /// Whether a newer generation was shown so long ago.
    pub(crate) fn is_outdated(&self, generation: u32, now: Time, grace: Time) -> bool {
        let mut newer = self.generations.range(generation + 1..);
        newer.any(|(_, since)| since.is_some_and(|since| since + grace < now))
    }

    /// The newest generation.
    pub(crate) fn newest(&self) -> u32 {
        self.generations
            .last_key_value()
            .map_or(0, |(newest, _)| *newest)
    }
}

impl Ledger {
    pub(crate) fn began(&mut self, exchange: u64, instance: usize) {
        let exchange_began = Exchange {
            instance,
            arrived: None,
            is_failed: false,
        };
        self.exchanges.insert(exchange, exchange_began);
    }

    pub(crate) fn instance(&self, exchange: u64) -> usize {
        self.exchanges[&exchange].instance
    }

    /// Notes whether a whole answer has reached its instance.
    pub(crate) fn arrived(&mut self, exchange: u64, now: Time, is_whole: bool) {
        if let Some(exchange) = self.exchanges.get_mut(&exchange) {
            exchange.arrived = is_whole.then_some(now);
            exchange.is_failed = !is_whole;
        }
    }

    /// Whether the answer of an exchange never came, or was no success.
    pub(crate) fn is_failed(&self, exchange: u64) -> bool {
        self.exchanges[&exchange].is_failed
    }

    /// When the answer of an exchange has reached its instance.
    pub(crate) fn arrival(&self, exchange: u64) -> Option<Time> {
        self.exchanges.get(&exchange)?.arrived
    }

    /// The session of a `Cookie` header.
    pub(crate) fn shown(&self, cookies: Option<&[u8]>) -> Option<Shown> {
        self.values.get(value(cookies?)?).copied()
    }

    /// The same in words.
    pub(crate) fn state_of(&self, cookies: Option<&[u8]>) -> String {
        match self.shown(cookies) {
            Some(shown) => format!("session {}, generation {}", shown.session, shown.generation),
            None => "no session".to_owned(),
        }
    }

    /// Notes that a request has shown a cookie.
    pub(crate) fn asked(&mut self, now: Time, cookies: Option<&[u8]>) {
        if let Some(shown) = self.shown(cookies) {
            let generations = &mut self.sessions[shown.session].generations;
            let since = generations.entry(shown.generation).or_default();
            since.get_or_insert(now);
        }
    }

    /// Learns what a new value stands for.
    pub(crate) fn learn(&mut self, line: &str, shown: Shown) {
        let Some(value) = value(line.as_bytes()) else {
            return;
        };
        self.values.entry(value.to_owned()).or_insert(shown);
        let generations = &mut self.sessions[shown.session].generations;
        generations.entry(shown.generation).or_default();
    }

    /// The session of a `Set-Cookie` line, if its value is known.
    pub(crate) fn known(&self, line: &str) -> Option<Shown> {
        self.values.get(value(line.as_bytes())?).copied()
    }

    /// Whether a line sets a session's cookie.
    pub(crate) fn is_session(line: &str) -> bool {
        line.starts_with(SESSION) && value(line.as_bytes()).is_some()
    }
}

/// The value of the session's cookie, in a `Cookie` header or at the start of a `Set-Cookie` line.
fn value(line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(line).ok()?;
    let pairs = line
        .split("; ")
        .filter_map(|pair| pair.strip_prefix(SESSION));
    pairs.into_iter().find(|value| !value.is_empty())
}
