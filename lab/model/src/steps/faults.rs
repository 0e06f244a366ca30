//! Faults: crashes, pauses, lost calls and answers, a failover.

use crate::instance::{Command, Instance, Life, SignOut, Task};
use crate::past::Exceptions;
use crate::state::{Faults, State};
use crate::steps::next::Steps;

pub(crate) fn add(steps: &mut Steps<'_>, who: usize) {
    let from = steps.from;
    let life = from.instances[who].life;
    match life {
        Life::Down => {
            let mut next = from;
            next.instances[who].life = Life::Up;
            steps.may(Some(who), "starts again", next);
        }
        Life::Paused => steps.own(who, "wakes", woken(steps, who)),
        Life::Up | Life::Absent => {}
    }
    if from.faults.left > 0 && from.faults.crash && matches!(life, Life::Up | Life::Paused) {
        let mut next = from;
        next.faults.left -= 1;
        next.faults.crash = false;
        steps.fault(Some(who), "is killed", killed(next, who));
    }
    let is_busy = from.instances[who].task != Task::Idle;
    if from.faults.left > 0 && from.faults.pause && life == Life::Up && is_busy {
        let mut next = from;
        next.faults.left -= 1;
        next.faults.pause = false;
        next.instances[who].life = Life::Paused;
        // A pause is longer than any deadline.
        for index in 0..next.leases.len() {
            let fence = u8::try_from(index).unwrap_or(u8::MAX);
            if let Some(left) = &mut next.leases[index]
                && next.instances[who].answers_for(fence)
            {
                left.time = left.time.min(1);
            }
        }
        next.note_forgotten();
        steps.fault(Some(who), "is suspended", next);
    }
}

fn killed(mut state: State, who: usize) -> State {
    let before = state.instances[who];
    let unsent = before.unsent.iter().flatten();
    let mut unsent = unsent.filter(|command| matches!(command, Command::Finish(..)));
    if matches!(before.task, Task::Sent(..) | Task::Publish(..)) || unsent.next().is_some() {
        state.past.exceptions.add(Exceptions::KILLED);
    }
    for index in 0..state.leases.len() {
        let fence = u8::try_from(index).unwrap_or(u8::MAX);
        if let Some(left) = &mut state.leases[index] {
            left.is_orphan |= before.answers_for(fence);
        }
    }
    state.instances[who] = Instance {
        life: Life::Down,
        ..Instance::default()
    };
    let may_revoke = matches!(before.task, Task::AskAgain(_) | Task::Revoke(_));
    if may_revoke || before.sign_out != SignOut::No {
        state.past.exceptions.add(Exceptions::UNREVOKED);
    }
    state.note_forgotten();
    state
}

/// After a pause, no request waits any more, and no lease is long enough.
fn woken(steps: &Steps<'_>, who: usize) -> State {
    let mut next = steps.from;
    let instance = &mut next.instances[who];
    instance.life = Life::Up;
    instance.list.is_current &= !steps.model.rules.stale;
    let task = instance.task;
    match task {
        Task::Ask(_) | Task::Claim(_) | Task::TakeOver(..) => {
            instance.task = Task::Idle;
        }
        Task::Claimed(generation, held)
            if steps.model.rules.outlast
                && instance
                    .put(Command::Release(generation, held.fence))
                    .is_some() =>
        {
            instance.task = Task::Idle;
        }
        _ => {}
    }
    next
}

/// A replica takes over that has what the master had at some time before.
pub(crate) fn add_failover(steps: &mut Steps<'_>) {
    let from = steps.from;
    if let Some(replica) = from.replica {
        let mut next = from;
        next.replica = None;
        next.late = None;
        if replica.lacks_of(&from.store) {
            next.past.exceptions.add(Exceptions::LOST_DATA);
        }
        if from.store.is_revoked && !replica.is_revoked {
            next.past.exceptions.add(Exceptions::UNREVOKED);
        }
        next.store = replica;
        next.store.age = from.store.age + 1;
        for slot in replica.slots {
            if let Some(fence) = slot.lease {
                let mut all = next.instances.iter();
                let is_held = all.any(|instance| instance.answers_for(fence));
                next.left(fence).is_orphan |= !is_held;
            }
        }
        next.past.rounds = 0;
        next.forget_readings();
        next.note_forgotten();
        steps.fault(None, "the replica takes over", next);
    } else if from.faults.left > 0 && from.faults.failover {
        let mut next = from;
        next.faults.left -= 1;
        next.faults.failover = false;
        next.replica = Some(from.store);
        steps.fault(None, "the replica hears no more from its master", next);
    }
}

impl Faults {
    pub(crate) const fn may_lose_call(self) -> bool {
        self.left > 0 && self.lost_call
    }

    pub(crate) const fn may_lose_answer(self) -> bool {
        self.left > 0 && self.lost_answer
    }
}

impl State {
    pub(crate) const fn without_call(mut self) -> Self {
        self.faults.left -= 1;
        self.faults.lost_call = false;
        self
    }

    pub(crate) fn without_answer(mut self) -> Self {
        self.faults.left -= 1;
        self.faults.lost_answer = false;
        self.past.exceptions.add(Exceptions::LOST_ANSWER);
        self
    }
}
