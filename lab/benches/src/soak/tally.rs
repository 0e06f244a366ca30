//! The count of requests, answers and wrong answers.
//!
//! Rule: the first wrong answers are kept as text, and all are counted.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Enough to see what is wrong.
const KEPT: usize = 20;

/// How a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// With the visitor's cookies.
    SignedIn,
    /// The same by several tabs at once.
    Tabs,
    /// With the cookies of a while ago: a browser that lost an answer.
    Late,
    /// Of the public page, with the visitor's cookies.
    Public,
    /// By a script without cookies.
    Anonymous,
    /// By a person without cookies.
    Navigation,
    /// With cookies that were tampered with.
    Forged,
    /// With the cookies of a session that was signed out.
    SignedOut,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignedIn => "signed in",
            Self::Tabs => "four tabs at once",
            Self::Late => "old cookies",
            Self::Public => "public page, signed in",
            Self::Anonymous => "anonymous script",
            Self::Navigation => "anonymous page",
            Self::Forged => "forged cookies",
            Self::SignedOut => "signed-out cookies",
        })
    }
}

/// All answers.
#[derive(Default)]
pub(super) struct Tally {
    counts: Mutex<BTreeMap<(Kind, u16), u64>>,
    wrong: Mutex<Wrong>,
    slowest: Mutex<Duration>,
    lost: AtomicUsize,
}

/// What must not have been.
#[derive(Clone, Default)]
pub(super) struct Wrong {
    /// How often.
    pub(super) count: u64,
    /// The first ones, in words.
    pub(super) first: Vec<String>,
}

impl Tally {
    /// Counts an answer. 0 is no answer.
    pub(super) fn count(&self, kind: Kind, status: u16, took: Duration) {
        let mut counts = self.counts.lock().unwrap();
        *counts.entry((kind, status)).or_default() += 1;
        if status != 0 {
            let mut slowest = self.slowest.lock().unwrap();
            *slowest = slowest.max(took);
        }
    }

    /// Takes down what must not be.
    pub(super) fn wrong(&self, what: String) {
        let mut wrong = self.wrong.lock().unwrap();
        wrong.count += 1;
        if wrong.first.len() < KEPT {
            wrong.first.push(what);
        }
    }

    /// Counts a session that was lost.
    pub(super) fn lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    /// How many sessions were lost.
    pub(super) fn lost_sessions(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }

    /// How many there were.
    pub(super) fn answers(&self) -> u64 {
        self.counts.lock().unwrap().values().sum()
    }

    /// The longest time until an answer.
    pub(super) fn slowest(&self) -> Duration {
        *self.slowest.lock().unwrap()
    }

    /// A row for each kind and status.
    pub(super) fn rows(&self) -> String {
        let counts = self.counts.lock().unwrap();
        let rows = counts
            .iter()
            .map(|((kind, status), count)| format!("| {kind} | {status} | {count} |\n"));
        rows.collect()
    }

    /// What was wrong.
    pub(super) fn wrong_answers(&self) -> Wrong {
        self.wrong.lock().unwrap().clone()
    }
}
