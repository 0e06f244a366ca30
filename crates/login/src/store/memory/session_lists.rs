//! The session lists of one process.
//!
//! Rules: a list has at most [`MAX_LISTED`] entries; entries live by a monotonic clock; if there are too many lists, the
//! one whose last entry would go soonest goes first.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fncy_login_core::SessionId;
use tokio::time::Instant;

use crate::store::expiring_map::ExpiringMap;
use crate::store::session_lists::{MAX_LISTED, SealedSession, UserKey};

/// Half a kilobyte each, for users with one session.
const MAX_LISTS: usize = 100_000;

pub(crate) struct SessionListTable(Mutex<ExpiringMap<UserKey, List, Instant>>);

type List = Vec<Listed>;

struct Listed {
    session: SessionId,
    sealed: String,
    until: Instant,
}

impl SessionListTable {
    pub(crate) fn put(&self, entry: &SealedSession) {
        let now = Instant::now();
        let (user, session, until) = (entry.user(), entry.session(), now + entry.life());
        let sealed = entry.sealed().to_owned();
        self.change(user, now, |list| {
            list.retain(|listed| listed.session != session && listed.until > now);
            list.push(Listed {
                session,
                sealed,
                until,
            });
            if list.len() > MAX_LISTED {
                list.sort_by_key(|listed| listed.until);
                list.remove(0);
            }
        });
    }

    pub(crate) fn remove(&self, user: UserKey, session: SessionId) {
        self.change(user, Instant::now(), |list| {
            list.retain(|listed| listed.session != session);
        });
    }

    pub(crate) fn all(&self, user: UserKey) -> Vec<Vec<u8>> {
        let now = Instant::now();
        let lists = self.lists();
        let list = lists.get(&user).into_iter().flatten();
        let live = list.filter(|listed| listed.until > now);
        live.map(|listed| listed.sealed.clone().into_bytes())
            .collect()
    }

    fn change(&self, user: UserKey, now: Instant, change: impl FnOnce(&mut List)) {
        let mut lists = self.lists();
        let mut list = lists.remove(&user).unwrap_or_default();
        change(&mut list);
        if let Some(until) = list.iter().map(|listed| listed.until).max() {
            lists.insert(user, list, until);
        }
        lists.forget(now);
    }

    fn lists(&self) -> MutexGuard<'_, ExpiringMap<UserKey, List, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SessionListTable {
    fn default() -> Self {
        Self(Mutex::new(ExpiringMap::new(MAX_LISTS)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::SessionId;
    use tokio::time::advance;

    use super::SessionListTable;
    use crate::store::session_lists::{MAX_LISTED, SealedSession, UserKey};

    const LIFE: Duration = Duration::from_secs(60);

    fn put(table: &SessionListTable, user: u8, number: u128) {
        let user = UserKey::new([user; 32]);
        let id = SessionId::from_bytes(number.to_be_bytes());
        table.put(&SealedSession::new(user, id, number.to_string(), LIFE));
    }

    #[tokio::test(start_paused = true)]
    async fn u04_one_users_many_sessions_are_a_bounded_list() {
        let table = SessionListTable::default();
        put(&table, 2, 0);
        for number in 0..10_000 {
            put(&table, 1, number);
            advance(Duration::from_millis(1)).await;
        }
        let listed = table.all(UserKey::new([1; 32]));
        assert_eq!(listed.len(), MAX_LISTED);
        assert!(listed.contains(&b"9999".to_vec()));
        assert_eq!(table.all(UserKey::new([2; 32])).len(), 1);
        advance(LIFE).await;
        assert_eq!(table.all(UserKey::new([1; 32])), [b""; 0]);
        put(&table, 2, 1);
        assert_eq!(table.lists().len(), 1);
    }
}
