//! One redemption for each login, however often its callback arrives.
//!
//! Rules: the first request's task redeems and outlives its browser; those that come meanwhile, or
//! within two seconds, get the same reply (a double click, two restored tabs); after that the
//! login is *spent* for ten minutes, which is longer than it could live, and nobody asks the
//! provider again. Memory is bounded: what is forgotten early costs one refused exchange.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::Reply;
use tokio::sync::watch;
use tokio::time::Instant;

/// The key of a login: a hash of its `state`.
type Key = [u8; 32];
/// A reply that is coming.
pub(crate) type Coming = watch::Receiver<Option<Reply>>;

/// How long a finished reply is handed out again.
const JOIN_WINDOW: Duration = Duration::from_secs(2);
/// How long a login stays spent: as long as a transaction lives.
const SPENT_FOR: Duration = Duration::from_secs(10 * 60);
/// 48 bytes each.
const MAX_SPENT: usize = 100_000;

/// What was redeemed, and what is being redeemed.
#[derive(Clone, Default)]
pub(crate) struct Redemptions(Arc<Mutex<Table>>);

#[derive(Default)]
struct Table {
    coming: HashMap<Key, Coming>,
    spent: HashMap<Key, Instant>,
    /// The spent ones, oldest first.
    order: VecDeque<(Instant, Key)>,
}

/// What a request with a callback finds.
pub(crate) enum Entered {
    /// Nobody was here: it must redeem, and tell.
    First(watch::Sender<Option<Reply>>, Coming),
    /// Somebody redeems, or just did.
    Joined(Coming),
    /// It was redeemed before.
    Spent,
}

impl Redemptions {
    pub(crate) fn enter(&self, key: Key) -> Entered {
        let mut table = self.table();
        table.forget(Instant::now());
        if let Some(coming) = table.coming.get(&key) {
            return Entered::Joined(coming.clone());
        }
        if table.spent.contains_key(&key) {
            return Entered::Spent;
        }
        let (sender, coming) = watch::channel(None);
        table.coming.insert(key, coming.clone());
        Entered::First(sender, coming)
    }

    /// The login's redemption has ended: its reply is handed out a little longer, then it is spent.
    pub(crate) async fn retire(&self, key: Key) {
        tokio::time::sleep(JOIN_WINDOW).await;
        let now = Instant::now();
        let mut table = self.table();
        table.coming.remove(&key);
        table.spent.insert(key, now);
        table.order.push_back((now, key));
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn forget(&mut self, now: Instant) {
        while let Some((since, key)) = self.order.front()
            && (now.duration_since(*since) >= SPENT_FOR || self.order.len() > MAX_SPENT)
        {
            self.spent.remove(key);
            self.order.pop_front();
        }
    }
}
