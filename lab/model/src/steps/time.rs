//! What time does: leases run out, cookies are outdated, outcomes are forgotten, an access token expires.
//!
//! Rule: a lease that outlasts the request of its holder runs out only if the holder is suspended or gone.

use crate::instance::{Command, Life, SignOut, Task};
use crate::past::Exceptions;
use crate::state::State;
use crate::step::Kind;
use crate::steps::next::Steps;
use crate::store::{Fence, Store};

pub(crate) fn add(steps: &mut Steps<'_>) {
    let from = steps.from;
    for (index, left) in from.leases.iter().enumerate() {
        let fence = u8::try_from(index).unwrap_or(u8::MAX);
        let Some(left) = *left else { continue };
        if left.time == 0 || is_protected(&from, fence, left.time) {
            continue;
        }
        let kind = if left.is_orphan { Kind::Own } else { Kind::May };
        let mut next = from;
        next.left(fence).time -= 1;
        if left.time == 2 {
            steps.add(kind, None, "half of a lease's time is over", next);
        } else {
            next.run_out(fence);
            steps.add(kind, None, "a lease runs out", next);
        }
    }
    if steps.model.refreshes == 1 {
        return;
    }
    let mut next = from;
    next.store.confirm(from.browser.has);
    steps.may(
        None,
        "the browser shows its newest cookie; a minute later, older ones are outdated",
        next,
    );
    let may_forget = !steps.model.rules.outlives_requests || !is_in_use(&from);
    if may_forget {
        let mut next = from;
        next.forget();
        steps.may(None, "outcomes of outdated cookies are forgotten", next);
    }
    if from.provider.newest > 0 && !from.browser.is_expired {
        let mut next = from;
        next.browser.is_expired = true;
        steps.may(None, "the second access token expires", next);
    }
}

/// Whether a running instance keeps a lease in use: it has compared it with its deadline, or writes again until the
/// store answers.
fn is_protected(state: &State, fence: Fence, time: u8) -> bool {
    state.instances.iter().any(|instance| {
        let mut task = instance.task;
        let is_slow = matches!(task, Task::Claimed(..)) && time == 2;
        let Some(held) = task.held().copied().filter(|held| held.fence == fence) else {
            let may_last = !state.faults.lost_call;
            return instance.life == Life::Up && instance.answers_for(fence) && !may_last;
        };
        instance.life == Life::Up
            && !is_slow
            && (held.outlasts || matches!(task, Task::Claimed(..)))
    })
}

/// Whether a running request was admitted with a cookie that is outdated by now, or signs out. It ends in seconds.
fn is_in_use(state: &State) -> bool {
    state.instances.iter().any(|instance| {
        let used = instance.task.may_use();
        let is_used = used.is_some_and(|used| used < state.store.shown);
        let searches = matches!(instance.sign_out, SignOut::Append(_) | SignOut::Find(_));
        instance.life == Life::Up && (is_used || searches)
    })
}

impl State {
    fn stores(&mut self) -> impl Iterator<Item = &mut Store> {
        [Some(&mut self.store), self.replica.as_mut()]
            .into_iter()
            .flatten()
    }

    /// Outcomes that led to shown generations go, in the store and in the instances.
    fn forget(&mut self) {
        let shown = self.store.shown;
        for store in self.stores() {
            let shown = store.shown;
            for slot in &mut store.slots {
                slot.outcome = slot.outcome.filter(|outcome| outcome.version > shown);
            }
        }
        for instance in &mut self.instances {
            for here in &mut instance.here {
                *here = here.filter(|outcome| outcome.version > shown);
            }
        }
    }

    /// A lease is over, in the store and for its holder.
    fn run_out(&mut self, fence: Fence) {
        for store in self.stores() {
            for slot in &mut store.slots {
                slot.lease = slot.lease.filter(|holder| *holder != fence);
            }
        }
        for instance in &mut self.instances {
            let mut task = instance.task;
            let is_mid = matches!(task, Task::Sent(..) | Task::Publish(..));
            let is_held = task.held().is_some_and(|held| held.fence == fence);
            if instance.life == Life::Paused && is_mid && is_held {
                self.past.exceptions.add(Exceptions::PAUSED);
            }
            for unsent in &mut instance.unsent {
                let Some(mut command) = *unsent else { continue };
                if command.fence() == Some(&mut { fence }) {
                    if matches!(command, Command::Finish(..)) {
                        self.past.exceptions.add(Exceptions::UNWRITTEN);
                    }
                    *unsent = None;
                }
            }
        }
    }
}
