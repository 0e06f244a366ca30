//! The count of what visitors were answered.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The answers since the last look.
#[derive(Default)]
pub(crate) struct Tally(Mutex<Answers>);

/// Answers as they should be, and others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    right: u64,
    /// How often each: what was asked, and what came.
    wrong: BTreeMap<(&'static str, u16), u64>,
    /// The longest wait for an answer.
    slowest: Duration,
    /// When the last wrong answer came.
    pub(crate) last_wrong: Option<Instant>,
}

impl Tally {
    /// Counts an answer that is as it should be.
    pub(crate) fn right(&self) {
        self.answers().right += 1;
    }

    /// Counts another one. 0 is no answer.
    pub(crate) fn wrong(&self, asked: &'static str, status: u16) {
        let mut answers = self.answers();
        *answers.wrong.entry((asked, status)).or_default() += 1;
        answers.last_wrong = Some(Instant::now());
    }

    /// An answer took so long.
    pub(crate) fn took(&self, time: Duration) {
        let mut answers = self.answers();
        answers.slowest = answers.slowest.max(time);
    }

    /// What there is so far.
    pub(crate) fn so_far(&self) -> Answers {
        self.answers().clone()
    }

    /// Begins anew.
    pub(crate) fn reset(&self) {
        *self.answers() = Answers::default();
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answers {
    /// The wrong answers with a status that is not in the list.
    pub(crate) fn beside(&self, allowed: &[u16]) -> u64 {
        let wrong = self.wrong.iter();
        wrong
            .filter(|((_, status), _)| !allowed.contains(status))
            .map(|(_, count)| count)
            .sum()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} right", self.right)?;
        write!(f, ", slowest {:.1} s", self.slowest.as_secs_f64())?;
        for ((asked, status), count) in &self.wrong {
            match status {
                0 => write!(f, ", {count} {asked} without an answer")?,
                _ => write!(f, ", {count} {asked} {status}")?,
            }
        }
        Ok(())
    }
}
