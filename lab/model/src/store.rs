//! What the scripts of `crates/redis/src/scripts` do, as functions.
//!
//! Rule: a function changes the store as its script does, in one step. The times of entries are in `steps/time.rs`.

use crate::rules::Rules;

/// Tells a lease from those before and after it.
pub(crate) type Fence = u8;

/// What the holder of a lease leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Outcome {
    /// The generation to which the refresh leads.
    pub(crate) version: u8,
    /// The number of the provider's answer. A later answer has a higher one.
    pub(crate) issue: u8,
}

/// A lease and the outcome of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Slot {
    /// The holder's fence.
    pub(crate) lease: Option<Fence>,
    /// The last outcome.
    pub(crate) outcome: Option<Outcome>,
}

/// The answer of `claim.lua` and `find.lua`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// There is an outcome.
    Done(Outcome),
    /// Another claimant holds the lease.
    Held,
    /// The claimant holds the lease.
    Granted,
    /// `find.lua` has found no outcome.
    Nothing,
}

impl Slot {
    /// `find.lua`.
    pub(crate) fn find(&self, newer_than: Option<u8>) -> Answer {
        let found = self.outcome;
        let found = found.filter(|found| newer_than.is_none_or(|version| found.version > version));
        found.map_or(Answer::Nothing, Answer::Done)
    }

    /// `claim.lua`, for keys that are never spent.
    pub(crate) fn claim(&mut self, newer_than: Option<u8>, fence: Fence) -> Answer {
        match self.find(newer_than) {
            Answer::Nothing => {}
            found => return found,
        }
        if self.lease.is_some_and(|holder| holder != fence) {
            return Answer::Held;
        }
        self.lease = Some(fence);
        Answer::Granted
    }

    /// `finish.lua`. Returns whether the outcome was written.
    pub(crate) fn finish(&mut self, rules: Rules, fence: Fence, outcome: Outcome) -> bool {
        let is_holder = self.lease == Some(fence) || !rules.finish_fence;
        let is_late = |before: Outcome| before.version >= outcome.version;
        if !is_holder && self.outcome.is_some_and(is_late) {
            return false;
        }
        self.outcome = Some(outcome);
        if is_holder {
            self.lease = None;
        }
        true
    }

    /// `release.lua`.
    pub(crate) fn release(&mut self, rules: Rules, fence: Fence) {
        if self.lease == Some(fence) || !rules.release_fence {
            self.lease = None;
        }
    }
}

/// All that one master has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Store {
    /// The slots of the first and the second refresh token.
    pub(crate) slots: [Slot; 2],
    /// The newest generation that a request has shown, a minute ago. Older ones are outdated.
    pub(crate) shown: u8,
    /// Whether the log has the session's entry.
    pub(crate) is_revoked: bool,
    /// The log's age, which changes with each master.
    pub(crate) age: u8,
}

impl Store {
    /// `confirm.lua`, and the minute after it. It has an effect if refreshes led to this generation.
    pub(crate) fn confirm(&mut self, generation: u8) {
        let leads_to = |slot: &Slot| slot.outcome.is_some_and(|left| left.version <= generation);
        if self.slots.iter().any(leads_to) {
            self.shown = self.shown.max(generation);
        }
    }

    /// Whether this store lacks a lease, an outcome or a shown generation that the other one has.
    pub(crate) fn lacks_of(&self, other: &Self) -> bool {
        let slots = self.slots.iter().zip(&other.slots);
        let mut slots = slots.map(|(here, there)| {
            let lacks_lease = there.lease.is_some() && here.lease != there.lease;
            lacks_lease || there.outcome.is_some() && here.outcome != there.outcome
        });
        slots.any(|lacks| lacks) || self.shown < other.shown
    }
}
