//! Reading the log and writing to it, as in `crates/redis/src/revocation_log.rs`.

use crate::instance::Life;
use crate::past::Exceptions;
use crate::rules::Rules;
use crate::state::State;

/// Writes the entry.
pub(crate) fn append(mut state: State, who: usize) -> State {
    state.store.is_revoked = true;
    state.past.was_told = true;
    let list = &mut state.instances[who].list;
    list.is_unwritten = false;
    if list.age == state.store.age {
        note_reading(&mut state, who);
    }
    state
}

/// `catch_up`. What the log lacks is written in a step of its own.
pub(crate) fn read_log(state: &mut State, rules: Rules, who: usize) {
    let (store, list) = (state.store, &mut state.instances[who].list);
    if list.age != store.age {
        list.age = store.age;
        if rules.resend && list.has_entry && !store.is_revoked {
            list.is_unwritten = true;
        }
    }
    list.has_entry |= store.is_revoked;
    list.is_current = true;
    if !list.is_unwritten {
        note_reading(state, who);
    }
}

/// Counts the rounds of readings since the log had the entry. Two are enough.
fn note_reading(state: &mut State, who: usize) {
    if !state.past.was_told || state.past.rounds == 2 {
        return;
    }
    state.instances[who].list.was_read = true;
    let has_read = |life, was_read| life != Life::Up || was_read;
    let mut all = state.instances.iter();
    if all.all(|instance| has_read(instance.life, instance.list.was_read)) {
        state.past.rounds += 1;
        state.forget_readings();
    }
}

impl State {
    pub(crate) fn forget_readings(&mut self) {
        for instance in &mut self.instances {
            instance.list.was_read = false;
        }
    }

    /// Notes that no running instance and no log has the entry any more.
    pub(crate) fn note_forgotten(&mut self) {
        let mut live = self.instances.iter();
        let is_known = live.any(|instance| instance.life == Life::Up && instance.list.has_entry);
        if self.past.was_told && !self.store.is_revoked && !is_known {
            self.past.exceptions.add(Exceptions::FORGOTTEN);
        }
    }
}
