//! The pauses that FNCY's introspection endpoints ask for by `Retry-After`.
//!
//! Rules:
//! - A pause is for one prefix. During it, requests with unknown tokens get its refusal.
//! - A pause lasts ten seconds at most, since a stranger with many tokens can cause one. Any other answer ends it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::BearerRefusal;
use tokio::time::Instant;

use crate::bearer::token_cache::Outcome;

/// The longest pause, in seconds.
const LONGEST: u64 = 10;

/// The pauses, by the number of the prefix.
#[derive(Default)]
pub(crate) struct Pauses(Mutex<HashMap<usize, (Instant, BearerRefusal)>>);

impl Pauses {
    /// The refusal of unknown tokens during a pause.
    pub(crate) fn refusal(&self, number: usize) -> Option<BearerRefusal> {
        let pauses = self.pauses();
        let (until, refusal) = pauses.get(&number)?;
        (Instant::now() < *until).then(|| refusal.clone())
    }

    /// Begins or ends a pause, as an answer says.
    pub(crate) fn note(&self, number: usize, outcome: &Outcome) {
        match outcome {
            // Without `Retry-After`, it is one second.
            Err(refusal @ BearerRefusal::Unavailable { retry_after, .. }) if *retry_after > 1 => {
                let length = Duration::from_secs(LONGEST.min(*retry_after));
                let pause = (Instant::now() + length, refusal.clone());
                self.pauses().insert(number, pause);
            }
            Ok(_) | Err(BearerRefusal::Invalid(_)) => {
                self.pauses().remove(&number);
            }
            Err(_) => {}
        }
    }

    fn pauses(&self) -> MutexGuard<'_, HashMap<usize, (Instant, BearerRefusal)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
