//! The provider: what it answers, and when a token is used that must not be.

use crate::instance::{Held, Sent, Task};
use crate::model::{Model, Rotation};
use crate::state::State;
use crate::store::Outcome;

/// Notes what must not happen.
pub(crate) fn note_sending(
    state: &mut State,
    model: &Model,
    who: usize,
    generation: u8,
    held: Held,
) {
    let mut others = state.instances.iter().enumerate();
    let uses_same = others.any(|(other, instance)| {
        let same = |used: u8| model.slot(used) == model.slot(generation);
        let is_sent =
            matches!(instance.task, Task::Sent(used, ..) | Task::Publish(used, ..) if same(used));
        other != who && is_sent
    });
    if uses_same && state.past.exceptions.is_empty() {
        state.past.wrong = Some("two instances use a refresh token at the same time");
    }
    if held.was_revoked && state.store.is_revoked {
        state.past.wrong =
            Some("a refresh token was sent that was revoked before its lease was granted");
    }
}

/// What the provider does.
pub(crate) fn answer_of(state: &mut State, model: &Model, generation: u8) -> Sent {
    let provider = &mut state.provider;
    if model.rotation == Rotation::Rotates && generation < provider.newest {
        provider.saw_theft = true;
    }
    if provider.is_revoked || provider.saw_theft {
        return Sent::Refused;
    }
    provider.issues += 1;
    provider.newest = provider.newest.max(generation + 1);
    Sent::Tokens(Outcome {
        version: generation + 1,
        issue: provider.issues,
    })
}

/// The provider revokes the newest token. If it rotates, an older one means nothing to it.
pub(crate) fn revoked_at_provider(model: &Model, mut state: State, generation: u8) -> State {
    if state.provider.newest == generation || model.rotation == Rotation::Keeps {
        state.provider.is_revoked = true;
    }
    state
}
