//! All states that can be reached, breadth first, and the paths among them.
//!
//! Rules:
//! - States that differ only in the names of instances and leases are one state.
//! - Of the paths to a wrong state, one of the shortest is told.
//! - Progress: from each state, each path of the product's own steps leads to an end, without a circle.

use std::fmt;
use std::time::{Duration, Instant};

use foldhash::fast::FixedState;
use indexmap::IndexSet;

use crate::model::Model;
use crate::past::Exceptions;
use crate::state::State;
use crate::step::{Kind, Step};
use crate::steps::all::steps;

/// What was found.
#[derive(Debug)]
pub struct Report {
    /// The number of states.
    pub states: usize,
    /// The number of steps between them.
    pub transitions: usize,
    /// The number of states in which no exception has happened.
    pub plain: usize,
    /// The number of ends.
    pub ends: usize,
    /// The exceptions that have happened in some state.
    pub exceptions: Exceptions,
    /// The time that it took.
    pub took: Duration,
    /// The first property that fails.
    pub failure: Option<Failure>,
}

/// A property that fails, and how.
#[derive(Debug)]
pub struct Failure {
    /// The property.
    pub property: &'static str,
    /// The steps to the state in which it fails.
    pub path: Vec<Step>,
}

/// Explores all states of a model, until a property fails.
#[must_use]
pub fn explore(model: &Model) -> Report {
    let mut graph = Graph::default();
    #[expect(clippy::disallowed_methods, reason = "a figure of the report")]
    let began = Instant::now();
    let failure = graph.grow(model).or_else(|| graph.progress());
    let plain = graph.states.iter();
    let plain = plain.filter(|state| state.past.exceptions.is_empty());
    let mut exceptions = Exceptions::default();
    for state in &graph.states {
        exceptions.add(state.past.exceptions);
    }
    Report {
        states: graph.states.len(),
        transitions: graph.transitions,
        plain: plain.count(),
        ends: graph.states.iter().filter(|state| state.is_end()).count(),
        exceptions,
        took: began.elapsed(),
        failure: failure.map(|(property, at)| Failure {
            property,
            path: graph.path(model, at),
        }),
    }
}

#[derive(Default)]
struct Graph {
    states: IndexSet<State, FixedState>,
    /// From which state each was found first.
    parents: Vec<u32>,
    transitions: usize,
    /// The product's own steps: to which state, and from which.
    own: Vec<(u32, u32)>,
}

type Found = (&'static str, u32);

impl Graph {
    /// Finds all states. Returns a state that breaks a property of a state.
    fn grow(&mut self, model: &Model) -> Option<Found> {
        self.states.insert(model.first().canonical());
        self.parents.push(0);
        for at in 0.. {
            let state = *self.states.get_index(at as usize)?;
            if let Some(property) = state.broken().or_else(|| state.bad_end(model)) {
                return Some((property, at));
            }
            for (step, next) in steps(model, &state) {
                self.transitions += 1;
                let (index, is_new) = self.states.insert_full(next.canonical());
                if is_new {
                    self.parents.push(at);
                }
                if step.kind == Kind::Own
                    && let Ok(index) = u32::try_from(index)
                    && index != at
                {
                    self.own.push((index, at));
                }
            }
        }
        None
    }

    /// Walks back from the ends. Returns a state from which a path of the product's own steps leads to no end.
    fn progress(&mut self) -> Option<Found> {
        self.own.sort_unstable();
        let mut left = vec![0_u32; self.states.len()];
        for (_, from) in &self.own {
            left[*from as usize] += 1;
        }
        let ends = (0..).zip(&self.states).filter(|(_, state)| state.is_end());
        let mut done: Vec<u32> = ends.map(|(at, _)| at).collect();
        let mut leads = vec![false; self.states.len()];
        for at in &done {
            leads[*at as usize] = true;
        }
        while let Some(at) = done.pop() {
            let first = self.own.partition_point(|(to, _)| *to < at);
            for (_, from) in self.own[first..].iter().take_while(|(to, _)| *to == at) {
                let from = *from as usize;
                left[from] -= 1;
                if left[from] == 0 && !leads[from] {
                    leads[from] = true;
                    done.extend(u32::try_from(from));
                }
            }
        }
        let stuck = (0..).zip(leads).find(|(_, leads)| !leads)?;
        Some(("requests wait without an end", stuck.0))
    }

    /// The steps to a state, with the names that instances have in the first one.
    fn path(&self, model: &Model, to: u32) -> Vec<Step> {
        let mut way = vec![to];
        while let Some(&at) = way.last()
            && at != 0
        {
            way.push(self.parents[at as usize]);
        }
        let (_, mut names) = model.first().ordered();
        let mut path = Vec::new();
        for pair in way.windows(2).rev() {
            let [to, from] = [pair[0], pair[1]].map(|at| self.states[at as usize]);
            let found = steps(model, &from).into_iter();
            let mut found = found.map(|(step, next)| (step, next.ordered()));
            if let Some((mut step, (_, order))) = found.find(|(_, (next, _))| *next == to) {
                step.who = step.who.map(|who| names[who]);
                names = order.map(|index| names[index]);
                path.push(step);
            }
        }
        path
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} states ({} without an exception, {} ends), {} steps, {:.1} s",
            self.states,
            self.plain,
            self.ends,
            self.transitions,
            self.took.as_secs_f64()
        )?;
        if let Some(failure) = &self.failure {
            write!(f, "\n{failure}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, after {} steps:", self.property, self.path.len())?;
        for step in &self.path {
            writeln!(f, "  {step}")?;
        }
        Ok(())
    }
}
