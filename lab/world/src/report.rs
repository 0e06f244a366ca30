//! What a world has come to.

use std::collections::BTreeMap;

use crate::faults::Fault;

/// A rule that did not hold.
#[derive(Clone, Debug)]
pub struct Fall {
    /// The name of the rule.
    pub rule: &'static str,
    /// What was seen.
    pub seen: String,
}

/// What a world has come to.
pub struct Report {
    /// The rule that did not hold.
    pub fall: Option<Fall>,
    /// The number of events.
    pub events: u64,
    /// What was counted, by name.
    pub counts: BTreeMap<&'static str, u64>,
    /// The faults that were on.
    pub faults: Vec<Fault>,
    /// A number that two runs of the same world have in common.
    pub fingerprint: u64,
    /// What happened, if it was to be told.
    pub story: Vec<String>,
}
