//! The findings of a run, and whether they are as they must be.

use std::fmt;

use super::site::Grown;
use super::tally::Tally;
use crate::dev_server::Counts;

/// Megabytes that the allocator may keep, of what refreshes took that were remembered for a minute. Ten
/// bytes that are lost with each answer of five minutes are more than this.
pub(super) const ALLOWED_GROWTH: u64 = 8;

/// All of it.
pub(super) struct Findings<'a> {
    /// The answers.
    pub(super) tally: &'a Tally,
    /// How many said "later" while the provider was well.
    pub(super) unprovoked: u64,
    /// Requests a second beside them, by wrk.
    pub(super) wrk: f64,
    /// How many faults there were.
    pub(super) faults: usize,
    /// What the provider counted.
    pub(super) provider: Counts,
    /// How many visitors are not signed in at the end.
    pub(super) lost: usize,
    /// Tasks before anybody came.
    pub(super) idle_tasks: u64,
    /// At rest, before the faults.
    pub(super) before: Grown,
    /// At rest, at the end.
    pub(super) after: Grown,
}

impl Findings<'_> {
    /// Whether it is as it must be.
    pub(super) fn are_right(&self) -> bool {
        self.tally.wrong_answers().count == 0
            && self.unprovoked == 0
            && self.provider.refused == 0
            && self.lost == 0
            && self.before.tasks == self.idle_tasks
            && self.after.tasks == self.idle_tasks
            && self.after.memory <= self.before.memory + ALLOWED_GROWTH
    }
}

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tally,
            unprovoked,
            wrk,
            faults,
            provider,
            lost,
            idle_tasks,
            before,
            after,
        } = self;
        let wrong = tally.wrong_answers();
        writeln!(f, "| request | status | answers |\n| --- | --: | --: |")?;
        writeln!(f, "{}", tally.rows())?;
        writeln!(f, "answers: {}, wrong: {}", tally.answers(), wrong.count)?;
        for what in &wrong.first {
            writeln!(f, "- {what}")?;
        }
        writeln!(f, "503 before the first fault: {unprovoked}")?;
        writeln!(f, "sessions lost: {lost}")?;
        writeln!(
            f,
            "token requests: {}, refused: {}, with {faults} faults",
            provider.requests, provider.refused
        )?;
        writeln!(
            f,
            "memory at rest: {} MB, at most: {}, at the end: {}",
            before.memory, after.most_memory, after.memory
        )?;
        writeln!(
            f,
            "tasks of an idle site: {idle_tasks}, at rest: {}, at the end: {}",
            before.tasks, after.tasks
        )?;
        writeln!(f, "wrk beside them: {wrk:.0} requests a second")
    }
}
