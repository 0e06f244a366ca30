//! Signing out, and each second's reading of the log.

use crate::instance::{Command, SignOut};
use crate::past::Exceptions;
use crate::steps::log::{append, read_log};
use crate::steps::next::Steps;
use crate::steps::provider::revoked_at_provider;
use crate::store::Answer;

pub(crate) fn add(steps: &mut Steps<'_>, who: usize) {
    let from = steps.from;
    let instance = from.instances[who];
    match instance.sign_out {
        SignOut::No if from.may_sign_out && instance.list.is_current => {
            let mut next = from;
            next.may_sign_out = false;
            let instance = &mut next.instances[who];
            instance.list.has_entry = true;
            instance.list.is_unwritten = true;
            instance.sign_out = SignOut::Append(from.browser.has);
            steps.may(Some(who), "gets a sign-out", next);
        }
        SignOut::No => {}
        SignOut::Append(generation) => {
            let mut next = append(from, who);
            next.instances[who].sign_out = SignOut::Find(generation);
            steps.own(who, "writes the revocation into the log", next);
            if from.faults.may_lose_call() && from.late.is_none() {
                let mut next = from.without_call();
                next.late = Some(Command::Append);
                next.past.exceptions.add(Exceptions::UNREVOKED);
                next.instances[who].sign_out = SignOut::Find(generation);
                steps.fault(Some(who), "writes the revocation, and gets no answer", next);
            }
        }
        SignOut::Find(generation) => {
            let mut next = from;
            let newest = newest_of(steps, who, generation);
            next.instances[who].sign_out = SignOut::Revoke(newest);
            steps.own(who, "looks for the newest token of the session", next);
        }
        SignOut::Revoke(generation) => {
            let mut next = from;
            next.instances[who].sign_out = SignOut::No;
            let done = revoked_at_provider(steps.model, next, generation);
            steps.own(who, "revokes the token that it has found", done);
            if from.faults.may_lose_answer() {
                let lost = "revokes the token, and the provider gets no request";
                steps.fault(Some(who), lost, next.without_answer());
            }
        }
    }
    let mut next = from;
    read_log(&mut next, steps.model.rules, who);
    steps.own(who, "reads the log", next);
    let is_signing_out = matches!(instance.sign_out, SignOut::Append(_));
    if instance.list.is_unwritten && instance.list.is_current && !is_signing_out {
        steps.own(who, "writes into the log what it lacks", append(from, who));
    }
}

/// `newest_of`: the newest token to which the given one has led.
fn newest_of(steps: &mut Steps<'_>, who: usize, generation: u8) -> u8 {
    let mut newest = generation;
    for _ in 0..2 {
        if newest == 2 {
            break;
        }
        let slot = steps.model.slot(newest);
        let found = match steps.from.store.slots[slot].find(None) {
            Answer::Done(outcome) => Some(outcome),
            _ => steps.from.instances[who].here[slot],
        };
        match found.filter(|outcome| outcome.version > newest) {
            Some(outcome) => newest = outcome.version,
            None => break,
        }
    }
    newest
}
