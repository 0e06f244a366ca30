//! The refresh of an instance, step by step as in `crates/login/src/refresh/exchange.rs`.
//!
//! ```text
//!  Ask -> Claim -> Claimed -> Exchange -> Sent -> Publish -> AskAgain -> Revoke
//!           \---> TakeOver
//! ```
//!
//! The product looks for an outcome before it claims. A claim finds the same one, so that is no step of its own.

use crate::instance::{Command, Held, Sent, Task};
use crate::model::Model;
use crate::past::Exceptions;
use crate::state::State;
use crate::steps::commands::finish;
use crate::steps::log::read_log;
use crate::steps::next::Steps;
use crate::steps::provider::{answer_of, note_sending, revoked_at_provider};
use crate::store::{Answer, Outcome};

/// After so many answers of the provider, no request comes.
const MAX_ISSUES: u8 = 3;

pub(crate) fn add(steps: &mut Steps<'_>, who: usize) {
    match steps.from.instances[who].task {
        Task::Idle => begin(steps, who),
        Task::Ask(generation) => ask(steps, who, generation),
        Task::Claim(generation) => claim(steps, who, generation),
        Task::Claimed(generation, held) => compare(steps, who, generation, held),
        Task::Exchange(generation, held) => exchange(steps, who, generation, held),
        Task::Sent(generation, held, sent) => hear(steps, who, generation, held, sent),
        Task::Publish(generation, held, outcome) => publish(steps, who, generation, held, outcome),
        Task::TakeOver(generation, outcome) => take_over(steps, who, generation, outcome),
        Task::AskAgain(generation) => ask_again(steps, who, generation),
        Task::Revoke(generation) => {
            let next = revoked_at_provider(steps.model, steps.from, generation);
            steps.own(who, "revokes the new tokens", with(next, who, Task::Idle));
        }
    }
}

fn with(mut state: State, who: usize, task: Task) -> State {
    state.instances[who].task = task;
    state
}

/// A request with a cookie whose access token has expired: the first one, or the newest.
fn begin(steps: &mut Steps<'_>, who: usize) {
    let from = steps.from;
    let list = from.instances[who].list;
    // A provider that keeps its refresh tokens sets no bound to the number of answers.
    if list.is_current && list.has_entry || from.provider.issues >= MAX_ISSUES {
        return;
    }
    let old = with(from, who, Task::Ask(0));
    steps.may(Some(who), "gets a request with the first cookie", old);
    if from.browser.has == 1 && from.browser.is_expired {
        let new = with(from, who, Task::Ask(1));
        steps.may(Some(who), "gets a request with the second cookie", new);
    }
}

fn ask(steps: &mut Steps<'_>, who: usize, generation: u8) {
    let from = steps.from;
    give_up(steps, who, from);
    let list = from.instances[who].list;
    if !list.is_current {
        return;
    }
    if list.has_entry {
        steps.own(
            who,
            "refuses the revoked session",
            with(from, who, Task::Idle),
        );
    } else if generation < from.store.shown {
        steps.own(
            who,
            "refuses the outdated cookie",
            with(from, who, Task::Idle),
        );
    } else {
        let next = with(from, who, Task::Claim(generation));
        steps.own(who, "learns that the cookie is not outdated", next);
    }
}

/// Before its exchange, a request can end with a 503: the store is silent, or its time is over.
fn give_up(steps: &mut Steps<'_>, who: usize, state: State) {
    steps.may(Some(who), "answers 503", with(state, who, Task::Idle));
}

/// The outcome in the instance's own memory.
fn here(state: &State, model: &Model, who: usize, generation: u8) -> Option<Outcome> {
    let here = state.instances[who].here[model.slot(generation)];
    here.filter(|outcome| outcome.version > generation)
}

fn claim(steps: &mut Steps<'_>, who: usize, generation: u8) {
    let from = steps.from;
    give_up(steps, who, from);
    let here = here(&from, steps.model, who, generation);
    let mut next = from;
    let fence = next.draw();
    let answer = steps
        .model
        .slot_in(&mut next.store, generation)
        .claim(Some(generation), fence);
    match (answer, here) {
        (Answer::Done(outcome), _) | (Answer::Held, Some(outcome)) => {
            let next = with(from, who, Task::TakeOver(generation, outcome));
            steps.own(who, "claims, and gets an outcome", next);
        }
        (Answer::Granted, here) => {
            let held = Held {
                fence,
                outlasts: false,
                was_revoked: next.store.is_revoked,
            };
            if let Some(outcome) = here {
                if next.instances[who]
                    .put(Command::Release(generation, fence))
                    .is_some()
                {
                    let next = with(next, who, Task::TakeOver(generation, outcome));
                    steps.own(who, "is granted the lease, and has an outcome itself", next);
                }
            } else {
                let next = with(next, who, Task::Claimed(generation, held));
                steps.own(who, "is granted the lease", next);
            }
        }
        (Answer::Held | Answer::Nothing, _) => {}
    }
    if !from.faults.may_lose_call() || from.late.is_some() {
        return;
    }
    let mut next = from.without_call();
    let fence = next.draw();
    next.late = Some(Command::Claim(generation, fence));
    let task = here.map_or(Task::Idle, |outcome| Task::TakeOver(generation, outcome));
    if steps.model.rules.release_after_lost_answer
        && next.instances[who]
            .put(Command::Release(generation, fence))
            .is_none()
    {
        return;
    }
    let lost = "claims, and gets no answer: the claim may still arrive";
    steps.fault(Some(who), lost, with(next, who, task));
}

/// `StoreClient::claim`: the lease must outlast the deadline.
fn compare(steps: &mut Steps<'_>, who: usize, generation: u8, mut held: Held) {
    let mut next = steps.from;
    held.outlasts = next.left(held.fence).time == 2;
    if held.outlasts || !steps.model.rules.outlast {
        let next = with(next, who, Task::Exchange(generation, held));
        steps.own(
            who,
            "compares the lease with the deadline, and may begin",
            next,
        );
    } else if drop_lease(&mut next, who, generation, held) {
        let next = with(next, who, Task::Claim(generation));
        steps.own(who, "gives a lease back that is too short", next);
    }
}

/// Gives a lease back. `false` if the instance must write something else first.
fn drop_lease(state: &mut State, who: usize, generation: u8, held: Held) -> bool {
    let release = Command::Release(generation, held.fence);
    state.instances[who].put(release).is_some()
}

/// Asks the log, compares the lease with the deadline once more, and sends the refresh token.
fn exchange(steps: &mut Steps<'_>, who: usize, generation: u8, held: Held) {
    let (from, rules) = (steps.from, steps.model.rules);
    let mut over = from;
    let may_end = drop_lease(&mut over, who, generation, held);
    if may_end {
        give_up(steps, who, over);
    }
    let mut next = from;
    if rules.ask_before_exchange {
        read_log(&mut next, rules, who);
        if next.instances[who].list.has_entry {
            let mut over = next;
            if drop_lease(&mut over, who, generation, held) {
                let over = with(over, who, Task::Idle);
                steps.own(who, "asks the log: the session was revoked", over);
            }
            return;
        }
    }
    if rules.outlast && rules.outlast_when_sent && next.left(held.fence).time < 2 {
        if may_end {
            give_back_late(steps, next, who, generation, held);
        }
        return;
    }
    note_sending(&mut next, steps.model, who, generation, held);
    let without_provider = next;
    let sent = answer_of(&mut next, steps.model, generation);
    let next = with(next, who, Task::Sent(generation, held, sent));
    steps.own(who, "sends the refresh token", next);
    if from.faults.may_lose_answer() {
        let lost = Task::Sent(generation, held, Sent::Lost);
        let what = "sends the refresh token, and the provider's answer is lost";
        steps.fault(Some(who), what, with(next.without_answer(), who, lost));
        let what = "sends the refresh token, and the provider gets no request";
        let next = without_provider.without_answer();
        steps.fault(Some(who), what, with(next, who, lost));
    }
}

fn give_back_late(steps: &mut Steps<'_>, mut next: State, who: usize, generation: u8, held: Held) {
    if drop_lease(&mut next, who, generation, held) {
        let next = with(next, who, Task::Idle);
        steps.own(
            who,
            "sends no token, since its lease is too short by now",
            next,
        );
    }
}

/// The answer arrives.
fn hear(steps: &mut Steps<'_>, who: usize, generation: u8, held: Held, sent: Sent) {
    let mut next = steps.from;
    match sent {
        Sent::Tokens(outcome) => {
            // Its own memory has the outcome first.
            next.instances[who].here[steps.model.slot(generation)] = Some(outcome);
            let next = with(next, who, Task::Publish(generation, held, outcome));
            steps.own(who, "gets new tokens", next);
        }
        Sent::Refused | Sent::Lost => {
            if drop_lease(&mut next, who, generation, held) {
                let next = with(next, who, Task::Idle);
                steps.own(who, "gets no tokens, and gives the lease back", next);
            }
        }
    }
}

/// Leaves the outcome in the store, and answers the requests that wait.
fn publish(steps: &mut Steps<'_>, who: usize, generation: u8, held: Held, outcome: Outcome) {
    let mut next = steps.from;
    finish(&mut next, steps.model, generation, held.fence, outcome);
    let next = with(next, who, Task::AskAgain(outcome.version));
    deliver(steps, who, next, outcome.version, "leaves the outcome");
    if !steps.from.faults.may_lose_call() || steps.from.late.is_some() {
        return;
    }
    let finish = Command::Finish(generation, held.fence, outcome);
    let mut next = steps.from.without_call();
    next.late = Some(finish);
    next.past.exceptions.add(Exceptions::UNREVOKED);
    if next.instances[who].put(finish).is_some() {
        let next = with(next, who, Task::AskAgain(outcome.version));
        let lost = "leaves the outcome, and gets no answer: it may still arrive";
        steps.fault(Some(who), lost, with_cookie(next, who, outcome.version));
        steps.fault(Some(who), lost, next);
    }
}

/// The answer to the browser, which may have gone.
fn deliver(steps: &mut Steps<'_>, who: usize, next: State, generation: u8, what: &'static str) {
    steps.own(who, what, with_cookie(next, who, generation));
    steps.own(who, what, next);
}

/// The browser gets the cookie, unless the instance knows that its session was revoked.
const fn with_cookie(mut state: State, who: usize, generation: u8) -> State {
    if !state.instances[who].list.has_entry && state.browser.has < generation {
        state.browser.has = generation;
    }
    state
}

fn take_over(steps: &mut Steps<'_>, who: usize, generation: u8, outcome: Outcome) {
    let mut next = steps.from;
    give_up(steps, who, next);
    read_log(&mut next, steps.model.rules, who);
    if next.instances[who].list.has_entry {
        steps.own(
            who,
            "asks the log: the session was revoked",
            with(next, who, Task::Idle),
        );
    } else if outcome.version == 1 && next.browser.is_expired && generation == 0 {
        let next = with(next, who, Task::Claim(1));
        steps.own(who, "goes on with the newer refresh token", next);
    } else {
        let next = with(next, who, Task::Idle);
        deliver(
            steps,
            who,
            next,
            outcome.version,
            "answers with another's tokens",
        );
    }
}

fn ask_again(steps: &mut Steps<'_>, who: usize, generation: u8) {
    let (mut next, rules) = (steps.from, steps.model.rules);
    if !rules.ask_after_publishing {
        steps.own(who, "is done", with(next, who, Task::Idle));
        return;
    }
    read_log(&mut next, rules, who);
    let task = if next.instances[who].list.has_entry {
        Task::Revoke(generation)
    } else {
        Task::Idle
    };
    steps.own(who, "asks the log again", with(next, who, task));
    if steps.from.faults.may_lose_call() {
        let mut next = steps.from.without_call();
        next.past.exceptions.add(Exceptions::UNREVOKED);
        steps.fault(
            Some(who),
            "can't ask the log again",
            with(next, who, Task::Idle),
        );
    }
}
