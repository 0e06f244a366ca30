//! The steps from a state, as they are found.

use crate::model::Model;
use crate::state::State;
use crate::step::{Kind, Step};

/// The steps that were found so far.
pub(crate) struct Steps<'a> {
    pub(crate) model: &'a Model,
    pub(crate) from: State,
    pub(crate) found: Vec<(Step, State)>,
}

impl Steps<'_> {
    pub(crate) fn own(&mut self, who: usize, what: &'static str, state: State) {
        self.add(Kind::Own, Some(who), what, state);
    }

    pub(crate) fn own_of_all(&mut self, what: &'static str, state: State) {
        self.add(Kind::Own, None, what, state);
    }

    pub(crate) fn may(&mut self, who: Option<usize>, what: &'static str, state: State) {
        self.add(Kind::May, who, what, state);
    }

    pub(crate) fn fault(&mut self, who: Option<usize>, what: &'static str, state: State) {
        self.add(Kind::Fault, who, what, state);
    }

    pub(crate) fn add(&mut self, kind: Kind, who: Option<usize>, what: &'static str, state: State) {
        if state != self.from {
            self.found.push((Step { kind, who, what }, state));
        }
    }
}
