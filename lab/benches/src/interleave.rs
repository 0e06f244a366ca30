//! Measurements of several cases in turns.
//!
//! Rules: the speed of a shared machine drifts by the second, so only figures that were taken in turns are compared; a
//! round measures each case once, for about the same time; the figure is the median of the rounds.

use std::pin::Pin;
use std::time::{Duration, Instant};

/// How long a case runs in each round: long beside the clock's own cost, short beside the drift.
const TURN: Duration = Duration::from_micros(500);
/// An odd number, so that there is one in the middle.
const ROUNDS: usize = 401;
/// How often it is tried how long a case takes: one try may be interrupted by another program.
const TRIES: usize = 5;

/// Something to measure, over and over.
pub struct Case {
    /// What it is called in tables, and on the command line.
    pub name: String,
    /// The case whose figure is part of this one's, and taken off it.
    pub base: Option<String>,
    batch: Box<dyn Batch>,
}

impl Case {
    /// A case that never waits.
    pub fn new(name: impl Into<String>, mut once: impl FnMut() + 'static) -> Self {
        Self::waiting(name, async move || once())
    }

    /// A case that may wait.
    pub fn waiting(name: impl Into<String>, once: impl AsyncFnMut() + 'static) -> Self {
        Self::of(name, once)
    }

    /// A case that is run by the batch.
    pub fn of(name: impl Into<String>, batch: impl Batch + 'static) -> Self {
        Self {
            name: name.into(),
            base: None,
            batch: Box::new(batch),
        }
    }

    /// What matters is how much more it takes than another case.
    #[must_use]
    pub fn beyond(self, base: impl Into<String>) -> Self {
        Self {
            base: Some(base.into()),
            ..self
        }
    }

    /// Runs it so many times.
    pub async fn run(&mut self, times: usize) {
        self.batch.run(times).await;
    }
}

/// The work of a case.
pub trait Batch {
    /// Does it so many times.
    fn run(&mut self, times: usize) -> Pin<Box<dyn Future<Output = ()> + '_>>;
}

impl<F: AsyncFnMut()> Batch for F {
    fn run(&mut self, times: usize) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            for _ in 0..times {
                self().await;
            }
        })
    }
}

/// What a case took, in nanoseconds: the median of its rounds.
pub struct Figure {
    /// The case.
    pub name: String,
    /// All of it.
    pub whole: f64,
    /// Without its base.
    pub added: f64,
}

/// Measures all cases in turns.
pub async fn measure(mut cases: Vec<Case>) -> Vec<Figure> {
    let mut times = Vec::new();
    for case in &mut cases {
        times.push(times_in_a_turn(case).await);
    }
    let mut rounds = vec![Vec::with_capacity(ROUNDS); cases.len()];
    for _ in 0..ROUNDS {
        for ((case, times), figures) in cases.iter_mut().zip(&times).zip(&mut rounds) {
            figures.push(nanoseconds(case, *times).await);
        }
    }
    let medians: Vec<f64> = rounds.into_iter().map(median).collect();
    let of = |name: &str| {
        let index = cases.iter().position(|case| case.name == name);
        medians[index.unwrap_or_else(|| unreachable!("{name} is measured too"))]
    };
    let figures = cases.iter().zip(&medians).map(|(case, &whole)| Figure {
        name: case.name.clone(),
        whole,
        added: whole - case.base.as_deref().map_or(0.0, of),
    });
    figures.collect()
}

/// The figure in the middle.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// Warms a case up, and finds how often it runs in a turn.
async fn times_in_a_turn(case: &mut Case) -> usize {
    let mut times = 1;
    while fastest(case, times).await * (times as f64) < TURN.as_nanos() as f64 {
        times *= 2;
    }
    times
}

async fn fastest(case: &mut Case, times: usize) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..TRIES {
        fastest = fastest.min(nanoseconds(case, times).await);
    }
    fastest
}

/// Runs a case so many times, and returns how long each took.
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long something takes"
)]
pub async fn nanoseconds(case: &mut Case, times: usize) -> f64 {
    let began = Instant::now();
    case.run(times).await;
    began.elapsed().as_nanos() as f64 / times as f64
}
