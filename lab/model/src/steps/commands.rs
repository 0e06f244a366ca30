//! Commands, as the store runs them.

use crate::instance::Command;
use crate::model::Model;
use crate::past::Exceptions;
use crate::state::{Left, State};
use crate::store::{Answer, Fence, Outcome};

pub(crate) fn run(state: &mut State, model: &Model, command: Command) {
    match command {
        Command::Claim(generation, fence) => {
            let slot = model.slot_in(&mut state.store, generation);
            let _: Answer = slot.claim(Some(generation), fence);
        }
        Command::Release(generation, fence) => {
            let slot = model.slot_in(&mut state.store, generation);
            slot.release(model.rules, fence);
        }
        Command::Finish(generation, fence, outcome) => {
            finish(state, model, generation, fence, outcome);
        }
        Command::Append => {
            state.store.is_revoked = true;
            state.past.was_told = true;
        }
    }
}

pub(crate) fn finish(state: &mut State, model: &Model, generation: u8, fence: Fence, new: Outcome) {
    let slot = model.slot_in(&mut state.store, generation);
    let before = slot.outcome;
    let is_newer = |before: Outcome| (before.version, before.issue) > (new.version, new.issue);
    let has_replaced = slot.finish(model.rules, fence, new) && before.is_some_and(is_newer);
    if has_replaced && !state.past.exceptions.has(Exceptions::LOST_DATA) {
        let wrong = "an outcome of an older holder has replaced that of a newer one";
        state.past.wrong = Some(wrong);
    }
}

/// The lease of a claim that arrived after its release runs from now on, and no instance knows it. Without the release,
/// the claimant answers for it.
pub(crate) fn revive(state: &mut State, model: &Model, fence: Fence) {
    *state.left(fence) = Left {
        time: 2,
        is_orphan: model.rules.release_after_lost_answer,
    };
}
