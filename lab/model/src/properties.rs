//! What must hold.
//!
//! Rules:
//! - A safety property holds in each state. What a step must not do is noted by the step (`Past::wrong`).
//! - An end is a state in which nothing is left to do. Each path without faults leads to one, and each end is well.
//! - An exception of `docs/scale.md` excuses only what the page says.

use crate::instance::{Instance, Life, SignOut, Task};
use crate::model::Model;
use crate::past::Exceptions;
use crate::state::State;
use crate::store::Answer;

impl State {
    /// The safety property that this state breaks.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        if self.provider.saw_theft && !self.past.exceptions.has(Exceptions::LOSES_TOKENS) {
            return Some("a refresh token was used, and sent again");
        }
        if self.past.wrong.is_some() {
            return self.past.wrong;
        }
        let admits = |instance: &Instance| {
            instance.life == Life::Up && instance.list.is_current && !instance.list.has_entry
        };
        let is_due = self.past.rounds == 2 && !self.past.exceptions.has(Exceptions::FORGOTTEN);
        (is_due && self.instances.iter().any(admits))
            .then_some("a revoked session is admitted after two rounds of readings")
    }

    /// Whether nothing is left to do.
    pub(crate) fn is_end(&self) -> bool {
        let is_done = self.instances.iter().all(|instance| match instance.life {
            Life::Absent | Life::Down => true,
            Life::Paused => false,
            Life::Up => {
                let list = instance.list;
                instance.task == Task::Idle
                    && instance.unsent.iter().all(Option::is_none)
                    && instance.sign_out == SignOut::No
                    && list.is_current
                    && list.age == self.store.age
                    && !list.is_unwritten
            }
        });
        let is_free = self.store.slots.iter().all(|slot| slot.lease.is_none());
        is_done && is_free && self.late.is_none()
    }

    /// What is wrong with this state, if it is an end.
    pub(crate) fn bad_end(&self, model: &Model) -> Option<&'static str> {
        if !self.is_end() {
            return None;
        }
        if self.past.was_told {
            let exceptions = self.past.exceptions;
            let is_excused =
                exceptions.has(Exceptions::UNREVOKED) || exceptions.has(Exceptions::LOSES_TOKENS);
            let lives = !self.provider.is_revoked && !self.provider.saw_theft;
            return (lives && !is_excused)
                .then_some("the newest token of a revoked session was not revoked");
        }
        if self.past.exceptions.has(Exceptions::LOSES_TOKENS) {
            return None;
        }
        let mut newest = self.browser.has;
        while newest < self.provider.newest {
            let slot = self.store.slots[model.slot(newest)];
            match slot.find(Some(newest)) {
                Answer::Done(outcome) => newest = outcome.version,
                _ => return Some("the newest tokens can't be reached"),
            }
        }
        None
    }
}
