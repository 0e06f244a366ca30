//! Commands that an instance repeats until the store has answered, and those that arrive late.

use crate::instance::Command;
use crate::steps::commands::{revive, run};
use crate::steps::next::Steps;

pub(crate) fn add(steps: &mut Steps<'_>, who: usize) {
    let from = steps.from;
    for (index, command) in from.instances[who].unsent.into_iter().enumerate() {
        let Some(command) = command else { continue };
        let mut next = from;
        next.instances[who].unsent[index] = None;
        run(&mut next, steps.model, command);
        let what = match command {
            Command::Release(..) => "gives the lease back",
            Command::Finish(..) => "leaves the outcome at last",
            Command::Claim(..) | Command::Append => continue,
        };
        steps.own(who, what, next);
        if from.faults.may_lose_call() && from.late.is_none() {
            let mut next = from.without_call();
            next.late = Some(command);
            steps.fault(Some(who), "repeats a write, and gets no answer", next);
        }
    }
}

/// A command of a broken connection arrives, or never does.
pub(crate) fn add_late(steps: &mut Steps<'_>) {
    let Some(command) = steps.from.late else {
        return;
    };
    let mut next = steps.from;
    next.late = None;
    steps.own_of_all("a late command never arrives", next);
    run(&mut next, steps.model, command);
    if let Command::Claim(_, fence) = command {
        let mut all = next.instances.iter();
        if !all.any(|instance| instance.answers_for(fence)) {
            revive(&mut next, steps.model, fence);
        }
    }
    steps.own_of_all("a late command arrives", next);
}
