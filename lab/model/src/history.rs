//! Whether a recorded history of one key is linearizable: whether each call can have happened at one moment between its
//! beginning and its end, with the answers that it got.
//!
//! Rules:
//! - The calls happen to a `Slot`, which is the model's.
//! - A call without an answer happens at any moment after its beginning, or never. So does the release of a lease that was
//!   dropped.
//! - A loss of data takes the slot back to a state that it had before.
//! - The search is that of Wing and Gong, with a memory of what was tried.

use std::collections::HashSet;

use crate::rules::Rules;
use crate::store::{Answer, Outcome, Slot};

/// A call, with its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A claim. Its number tells it from other claims of this key.
    Claim {
        /// Older versions don't answer it.
        newer_than: u8,
        /// The number.
        fence: u8,
    },
    /// A search for an outcome.
    Find {
        /// Older versions don't answer it.
        newer_than: u8,
    },
    /// An outcome of the claim with this number.
    Finish {
        /// The number.
        fence: u8,
        /// The version and the issue of the outcome.
        outcome: (u8, u8),
    },
    /// The lease of the claim with this number is given back.
    Release {
        /// The number.
        fence: u8,
    },
    /// The store may have lost what was written last.
    Loss,
}

/// The answer to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The claimant holds the lease.
    Granted,
    /// An outcome: its version and its issue.
    Done(u8, u8),
    /// There is no outcome.
    Nothing,
    /// The outcome was left.
    Finished,
    /// There was no answer, or the call has none.
    Silence,
}

/// A call that was recorded.
#[derive(Clone, Copy, Debug)]
pub struct Recorded {
    /// The client.
    pub client: usize,
    /// The call.
    pub call: Call,
    /// When it began, in microseconds.
    pub began: u64,
    /// When its answer came.
    pub ended: u64,
    /// The answer.
    pub heard: Heard,
    /// The outcome in the client's own memory, which answers if the store has none.
    pub here: Option<(u8, u8)>,
}

/// The most calls of a history.
pub const MAX_CALLS: usize = 128;

/// Whether a history of one key is linearizable.
///
/// # Panics
///
/// If it has more than [`MAX_CALLS`] calls.
#[must_use]
pub fn is_linearizable(history: &[Recorded]) -> bool {
    assert!(history.len() <= MAX_CALLS, "{}", history.len());
    let mut search = Search {
        history,
        may_lose: history.iter().any(|recorded| recorded.call == Call::Loss),
        tried: HashSet::new(),
    };
    search.goes_on(0, &[Slot::default()])
}

struct Search<'a> {
    history: &'a [Recorded],
    /// Whether earlier slots matter.
    may_lose: bool,
    /// The calls that had happened, and the slots until then.
    tried: HashSet<(u128, Vec<Slot>)>,
}

impl Search<'_> {
    /// Whether the calls that have not yet happened can do so. The last slot of `past` is the present one.
    fn goes_on(&mut self, happened: u128, past: &[Slot]) -> bool {
        let waiting = |index: &usize| happened >> index & 1 == 0;
        let rest = (0..self.history.len()).filter(waiting);
        let required = rest
            .clone()
            .filter(|index| self.history[*index].ended < u64::MAX);
        // What begins after this has ended can't happen before it.
        let Some(until) = required.map(|index| self.history[index].ended).min() else {
            return true;
        };
        if !self.tried.insert((happened, past.to_vec())) {
            return false;
        }
        let next: Vec<usize> = rest
            .filter(|index| self.history[*index].began <= until)
            .collect();
        next.into_iter().any(|index| {
            let now = past[past.len() - 1];
            let after = slots_after(&self.history[index], now, past);
            after.into_iter().any(|slot| {
                // Without an answer, a call that changes nothing may as well never happen.
                if slot == now && self.history[index].ended == u64::MAX {
                    return false;
                }
                let mut past = if self.may_lose {
                    past.to_vec()
                } else {
                    Vec::new()
                };
                if slot != now || past.is_empty() {
                    past.push(slot);
                }
                self.goes_on(happened | 1 << index, &past)
            })
        })
    }
}

/// The slots to which a call can lead. There is none if its answer doesn't fit.
fn slots_after(recorded: &Recorded, now: Slot, past: &[Slot]) -> Vec<Slot> {
    let mut slot = now;
    let (rules, heard) = (Rules::ALL, recorded.heard);
    let here = |newer_than: u8| recorded.here.filter(|here| here.0 > newer_than);
    let is_heard = match recorded.call {
        Call::Claim { newer_than, fence } => {
            let answer = slot.claim(Some(newer_than), fence);
            match (answer, heard) {
                (_, Heard::Silence) | (Answer::Granted, Heard::Granted) => true,
                (Answer::Done(left), Heard::Done(version, issue)) if is(left, (version, issue)) => {
                    true
                }
                // The client's own memory answers if the store has nothing newer, or can't be asked.
                (_, Heard::Done(version, issue)) => here(newer_than) == Some((version, issue)),
                _ => false,
            }
        }
        Call::Find { newer_than } => match (slot.find(Some(newer_than)), heard) {
            (_, Heard::Silence) => true,
            (Answer::Done(left), Heard::Done(version, issue)) if is(left, (version, issue)) => true,
            (Answer::Nothing, Heard::Nothing) => here(newer_than).is_none(),
            (_, Heard::Done(version, issue)) => here(newer_than) == Some((version, issue)),
            _ => false,
        },
        Call::Finish { fence, outcome } => {
            let (version, issue) = outcome;
            slot.finish(rules, fence, Outcome { version, issue });
            matches!(heard, Heard::Finished | Heard::Silence)
        }
        Call::Release { fence } => {
            slot.release(rules, fence);
            true
        }
        Call::Loss => {
            let mut lost: Vec<Slot> = past.to_vec();
            // Only its lease is over, as if a clock was set ahead.
            lost.extend(past.iter().map(|slot| Slot {
                lease: None,
                ..*slot
            }));
            lost.sort_unstable();
            lost.dedup();
            return lost;
        }
    };
    if is_heard { vec![slot] } else { Vec::new() }
}

fn is(left: Outcome, heard: (u8, u8)) -> bool {
    (left.version, left.issue) == heard
}

#[cfg(test)]
mod tests {
    use super::{Call, Heard, Recorded, is_linearizable};

    /// Calls one after the other, by different clients: what, its first moment and its last, the answer.
    fn history(calls: &[(Call, u64, u64, Heard)]) -> Vec<Recorded> {
        let calls = calls.iter().enumerate();
        let recorded = calls.map(|(client, &(call, began, ended, heard))| Recorded {
            client,
            call,
            began,
            ended,
            heard,
            here: None,
        });
        recorded.collect()
    }

    const fn claim(fence: u8) -> Call {
        Call::Claim {
            newer_than: 0,
            fence,
        }
    }

    const fn finish(fence: u8, version: u8) -> Call {
        let outcome = (version, fence);
        Call::Finish { fence, outcome }
    }

    const FIND: Call = Call::Find { newer_than: 0 };

    #[test]
    fn two_leases_at_once_are_refused() {
        let two = [
            (claim(1), 0, 1, Heard::Granted),
            (claim(2), 2, 3, Heard::Granted),
        ];
        assert!(!is_linearizable(&history(&two)));
        let [first, second] = two;
        let given_back = (Call::Release { fence: 1 }, 1, u64::MAX, Heard::Silence);
        assert!(is_linearizable(&history(&[first, given_back, second])));
        let lost = (Call::Loss, 1, 2, Heard::Silence);
        assert!(is_linearizable(&history(&[first, lost, second])));
        let lost = (Call::Loss, 4, 5, Heard::Silence);
        assert!(
            !is_linearizable(&history(&[first, second, lost])),
            "too late"
        );
    }

    #[test]
    fn an_older_outcome_that_replaces_a_newer_one_is_refused() {
        let calls = |found| {
            history(&[
                (claim(1), 0, 1, Heard::Granted),
                // Its lease runs out.
                (Call::Loss, 2, 3, Heard::Silence),
                (claim(2), 4, 5, Heard::Granted),
                (finish(2, 1), 6, 7, Heard::Finished),
                (finish(1, 1), 8, 9, Heard::Finished),
                (FIND, 10, 11, Heard::Done(1, found)),
            ])
        };
        assert!(is_linearizable(&calls(2)));
        assert!(!is_linearizable(&calls(1)));
    }

    #[test]
    fn a_call_without_an_answer_happens_later_or_never() {
        let lost = (claim(1), 0, u64::MAX, Heard::Silence);
        let written = (finish(2, 1), 4, u64::MAX, Heard::Silence);
        for (second, found) in [
            (Heard::Granted, Heard::Nothing),
            (Heard::Granted, Heard::Done(1, 2)),
        ] {
            let calls = [lost, (claim(2), 2, 3, second), written, (FIND, 5, 6, found)];
            assert!(is_linearizable(&history(&calls)), "{found:?}");
        }
        let early = [(FIND, 0, 1, Heard::Done(1, 2)), written];
        assert!(!is_linearizable(&history(&early)));
    }

    #[test]
    fn an_outcome_is_found_once_it_was_left() {
        let calls = |found| {
            history(&[
                (claim(1), 0, 1, Heard::Granted),
                (finish(1, 1), 2, 5, Heard::Finished),
                (FIND, 6, 7, found),
            ])
        };
        assert!(is_linearizable(&calls(Heard::Done(1, 1))));
        assert!(!is_linearizable(&calls(Heard::Nothing)));
    }
}
