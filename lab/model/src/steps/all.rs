//! All steps from a state.

use crate::instance::Life;
use crate::model::Model;
use crate::state::State;
use crate::step::Step;
use crate::steps::next::Steps;
use crate::steps::{faults, refresh, revocation, time, writes};

/// Each step from a state, with the state to which it leads.
pub(crate) fn steps(model: &Model, from: &State) -> Vec<(Step, State)> {
    let mut steps = Steps {
        model,
        from: *from,
        found: Vec::new(),
    };
    for who in 0..model.instances {
        let at = instance_at(from, who);
        match from.instances[at].life {
            Life::Up => {
                refresh::add(&mut steps, at);
                revocation::add(&mut steps, at);
                writes::add(&mut steps, at);
            }
            Life::Absent | Life::Paused | Life::Down => {}
        }
        faults::add(&mut steps, at);
    }
    writes::add_late(&mut steps);
    faults::add_failover(&mut steps);
    time::add(&mut steps);
    steps.found
}

/// The place of an instance: the absent ones are sorted first.
fn instance_at(from: &State, who: usize) -> usize {
    let absent = from.instances.iter();
    let absent = absent.filter(|instance| instance.life == Life::Absent);
    let is_first = from.instances[0].life == Life::Absent;
    who + if is_first { absent.count() } else { 0 }
}
