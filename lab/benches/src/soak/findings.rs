//! The findings of a run, and whether they are as they must be.

use std::collections::BTreeMap;
use std::fmt;

use super::fleet::framework;
use super::place::Place;
use super::site::Grown;

/// Megabytes that the allocator may keep, of what refreshes took that were remembered for a minute.
pub(super) const ALLOWED_GROWTH: u64 = 8;

/// At rest: the instances, and the store.
pub(super) struct Measured {
    pub(super) instances: Vec<Grown>,
    pub(super) redis_memory: f64,
    pub(super) redis_keys: u64,
    pub(super) redis_leases: usize,
}

/// All of it.
pub(super) struct Findings<'a> {
    pub(super) place: &'a Place,
    /// How often the provider was sent a token or a code that it had used, for each reason.
    pub(super) reuses: BTreeMap<&'static str, usize>,
    /// Second uses without a reason, in words.
    pub(super) unexplained: Vec<String>,
    /// What the provider counted.
    pub(super) token_requests: u64,
    /// How many visitors are not signed in at the end.
    pub(super) not_signed_in: usize,
    /// How many instances ran from the begin to the end.
    pub(super) lasting: usize,
    /// At rest, before the incidents.
    pub(super) before: Measured,
    /// At rest, at the end.
    pub(super) after: Measured,
}

impl Findings<'_> {
    /// What is not as it must be.
    pub(super) fn problems(&self) -> Vec<String> {
        let wrong = self.place.tally.wrong_answers();
        let mut problems = wrong.first;
        if wrong.count > problems.len() as u64 {
            problems.push(format!("{} wrong answers in all", wrong.count));
        }
        problems.extend(self.unexplained.iter().cloned());
        let lost = self.place.tally.lost_sessions();
        let explained: usize = self.reuses.values().sum();
        if lost > explained {
            problems.push(format!("{lost} sessions were lost, {explained} explained"));
        }
        if self.not_signed_in > 0 {
            problems.push(format!("{} are not signed in", self.not_signed_in));
        }
        if self.after.redis_leases > 0 {
            problems.push(format!("{} leases are left", self.after.redis_leases));
        }
        let instances = self.before.instances.iter().zip(&self.after.instances);
        for (number, (before, after)) in instances.enumerate() {
            if after.tasks > before.tasks {
                problems.push(format!("{number}: {} tasks are left", after.tasks));
            }
            let has_grown = after.memory > before.memory + ALLOWED_GROWTH
                || after.threads > before.threads
                || after.files > before.files;
            if number < self.lasting && has_grown {
                problems.push(format!("{number} has grown: {before:?} to {after:?}"));
            }
        }
        problems
    }
}

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { tally, periods, .. } = self.place;
        writeln!(f, "| request | status | answers |\n| --- | --: | --: |")?;
        writeln!(f, "{}", tally.rows())?;
        writeln!(f, "{periods}")?;
        writeln!(
            f,
            "answers: {}, the slowest after {:.1} s, with {} incidents",
            tally.answers(),
            tally.slowest().as_secs_f64(),
            periods.count()
        )?;
        writeln!(f, "sessions lost: {}", tally.lost_sessions())?;
        writeln!(f, "token requests: {}", self.token_requests)?;
        for (reason, count) in &self.reuses {
            writeln!(f, "tokens or codes used twice, {reason}: {count}")?;
        }
        let (before, after) = (&self.before, &self.after);
        writeln!(
            f,
            "Redis: {} keys with {:.0} KB at rest, {} keys with {:.0} KB at the end",
            before.redis_keys,
            before.redis_memory / 1e3,
            after.redis_keys,
            after.redis_memory / 1e3
        )?;
        writeln!(
            f,
            "\n| instance | memory, MB | most | threads | files | tasks |\n| --- | --: | --: | --: | --: | --: |"
        )?;
        for (number, (before, after)) in before.instances.iter().zip(&after.instances).enumerate() {
            let name = framework(number).name;
            writeln!(
                f,
                "| {name} {number} | {} to {} | {} | {} to {} | {} to {} | {} to {} |",
                before.memory,
                after.memory,
                after.most_memory,
                before.threads,
                after.threads,
                before.files,
                after.files,
                before.tasks,
                after.tasks
            )?;
        }
        Ok(())
    }
}
