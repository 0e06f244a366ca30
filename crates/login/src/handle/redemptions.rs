//! The table of redemptions under way in this process.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fncy_login_core::Reply;

use crate::store::in_flight::{InFlight, Sender, UnderWay, in_flight};

/// The key of a transaction: a hash of its `state`.
type Key = [u8; 32];

/// The redemptions under way, by key.
#[derive(Default)]
pub(crate) struct Redemptions(Mutex<HashMap<Key, UnderWay<Reply>>>);

impl Redemptions {
    /// The reply in flight for a key. The first request also gets the sender, and must redeem.
    pub(crate) fn enter(&self, key: Key) -> (InFlight<Reply>, Option<Sender<Reply>>) {
        let mut table = self.table();
        if let Some(in_flight) = table.get(&key).and_then(UnderWay::join) {
            return (in_flight, None);
        }
        let (sender, in_flight) = in_flight();
        table.insert(key, sender.under_way());
        (in_flight, Some(sender))
    }

    pub(crate) fn leave(&self, key: &Key) {
        self.table().remove(key);
    }

    fn table(&self) -> MutexGuard<'_, HashMap<Key, UnderWay<Reply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Redemptions;

    #[test]
    fn c21_a_redemption_whose_task_has_gone_is_begun_again() {
        let redemptions = Redemptions::default();
        let (_, first) = redemptions.enter([1; 32]);
        assert!(first.is_some());
        assert!(redemptions.enter([1; 32]).1.is_none(), "it is under way");
        // The task's runtime has ended, such as an actix worker's.
        drop(first);
        assert!(redemptions.enter([1; 32]).1.is_some());
        redemptions.leave(&[1; 32]);
        assert!(redemptions.table().is_empty());
    }
}
