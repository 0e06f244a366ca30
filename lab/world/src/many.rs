//! Many worlds at once, one thread for each processor, and their sum.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::choices::Choices;
use crate::faults::Fault;
use crate::report::{Fall, Report};
use crate::world::run;

/// What many worlds have come to.
#[derive(Default)]
pub struct Summary {
    /// The number of worlds.
    pub worlds: u64,
    /// The number of events.
    pub events: u64,
    /// How long it took.
    pub took: Duration,
    /// What was counted, by name.
    pub counts: BTreeMap<&'static str, u64>,
    /// In how many worlds each fault was on.
    pub faults: BTreeMap<Fault, u64>,
    /// The seeds in which a rule did not hold.
    pub falls: BTreeMap<u64, Fall>,
}

/// Runs the worlds of these seeds.
#[must_use]
pub fn run_all(seeds: Range<u64>) -> Summary {
    #[expect(
        clippy::disallowed_methods,
        reason = "people want to know how long it takes"
    )]
    let began = Instant::now();
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mut summary = Summary::default();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return summary;
            }
            summary.add(seed, run(Choices::seeded(seed), false));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let summaries: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running
            .into_iter()
            .filter_map(|one| one.join().ok())
            .collect()
    });
    let mut all = Summary::default();
    for summary in summaries {
        all.merge(summary);
    }
    all.took = began.elapsed();
    all
}

impl Summary {
    fn add(&mut self, seed: u64, report: Report) {
        self.worlds += 1;
        self.events += report.events;
        for (what, number) in report.counts {
            *self.counts.entry(what).or_default() += number;
        }
        for fault in report.faults {
            *self.faults.entry(fault).or_default() += 1;
        }
        self.falls.extend(report.fall.map(|fall| (seed, fall)));
    }

    fn merge(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.events += other.events;
        for (what, number) in other.counts {
            *self.counts.entry(what).or_default() += number;
        }
        for (fault, number) in other.faults {
            *self.faults.entry(fault).or_default() += number;
        }
        self.falls.extend(other.falls);
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.took.as_secs_f64();
        writeln!(
            f,
            "{} worlds, {} events, {seconds:.1} s",
            self.worlds, self.events
        )?;
        for (what, number) in &self.counts {
            writeln!(f, "{number:>12}  {what}")?;
        }
        for (fault, number) in &self.faults {
            writeln!(f, "{number:>12}  worlds in which {fault}")?;
        }
        for (seed, fall) in &self.falls {
            writeln!(f, "seed {seed}: {}: {}", fall.rule, fall.seen)?;
        }
        write!(f, "{} worlds fell", self.falls.len())
    }
}
