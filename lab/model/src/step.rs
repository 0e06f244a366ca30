//! A step from one state to another.

use std::fmt;

/// What happens between two states. `Display` says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub(crate) kind: Kind,
    /// The number of the instance.
    pub(crate) who: Option<usize>,
    pub(crate) what: &'static str,
}

/// Why a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The product's own steps. They happen, if faults stop.
    Own,
    /// A browser, the time, or a wait that ends without an answer. It may happen.
    May,
    /// A fault. Their number is limited.
    Fault,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.who {
            Some(who) => write!(f, "instance {}: {}", ["A", "B", "C"][who], self.what),
            None => f.write_str(self.what),
        }
    }
}
