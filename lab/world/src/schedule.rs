//! What happens when: the events to come, in the order of their times.

use std::collections::BTreeMap;

/// Milliseconds since a world began.
pub(crate) type Time = u64;

/// Events at their times. Those of the same time stay in the order in which they were planned.
pub(crate) struct Schedule<E> {
    events: BTreeMap<(Time, u64), E>,
    planned: u64,
}

impl<E> Schedule<E> {
    pub(crate) fn new() -> Self {
        Self {
            events: BTreeMap::new(),
            planned: 0,
        }
    }

    pub(crate) fn plan(&mut self, time: Time, event: E) {
        self.planned += 1;
        self.events.insert((time, self.planned), event);
    }

    /// The time of the next event.
    pub(crate) fn next(&self) -> Option<Time> {
        self.events.first_key_value().map(|((time, _), _)| *time)
    }

    pub(crate) fn take(&mut self) -> Option<(Time, E)> {
        let ((time, _), event) = self.events.pop_first()?;
        Some((time, event))
    }

    /// The number of events that were ever planned.
    pub(crate) fn planned(&self) -> u64 {
        self.planned
    }
}
