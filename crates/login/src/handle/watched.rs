//! The newest facts about some sessions: those that connections watch, that handlers may change, or that a handler has
//! changed in the last ten minutes.
//!
//! Rules:
//! - A request takes a lock only while the table has an entry, and only if it changes its session or watches one. A
//!   revocation always takes it.
//! - A handler's change stays here for ten minutes, so that a refresh which began before it loses nothing. At most
//!   10,000 changes are kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{
    Admission, RevokedSession, SessionId, SessionRef, SessionTokens, Timestamp, User, newer,
};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::store::expiring_map::ExpiringMap;

/// How long a change is kept. A response takes less time to its browser.
const KEPT: Duration = Duration::from_secs(10 * 60);
/// The number of changes that are kept. Each has a kilobyte at most.
const MAX_KEPT: usize = 10_000;

/// The newest facts about some sessions.
pub(crate) struct Watched {
    table: Arc<Table>,
    /// The sessions that were changed lately.
    changed: Mutex<ExpiringMap<SessionId, Watching, Instant>>,
}

/// The news of a session, and the place that keeps them.
pub(crate) type Watching = (watch::Receiver<News>, Place);

#[derive(Default)]
struct Table {
    sessions: Mutex<HashMap<SessionId, watch::Sender<News>>>,
    /// Their number, so that a request takes no lock if it is zero.
    count: AtomicUsize,
}

/// The newest facts about a session.
#[derive(Clone)]
pub(crate) struct News {
    pub(crate) user: User,
    /// The newest tokens, if another request has refreshed them since the first connection began to watch.
    pub(crate) tokens: Option<Arc<SessionTokens>>,
    pub(crate) is_revoked: bool,
}

impl News {
    /// Stores a request's user if it is newer, and returns whether it is.
    fn learn(&mut self, user: &User) -> bool {
        if user.session().generation() > self.user.session().generation() {
            // Tokens of the former generation are no longer the newest.
            self.tokens = None;
        }
        let newest = newer(&self.user, user);
        let is_newer = newest.is_some();
        self.user = newest.unwrap_or_else(|| self.user.clone());
        is_newer
    }

    /// Stores a request's user if it is newer, and its tokens.
    fn take(&mut self, user: &User, tokens: Option<&SessionTokens>) {
        // If the generation is known already, so are its tokens.
        let is_refreshed = user.session().generation() > self.user.session().generation();
        self.learn(user);
        if let Some(tokens) = tokens.filter(|_| is_refreshed) {
            self.tokens = Some(Arc::new(tokens.clone()));
        }
    }
}

/// A connection's place in the table. When the last connection of a session drops it, the entry is removed.
pub(crate) struct Place {
    table: Arc<Table>,
    session: SessionId,
}

impl Watched {
    /// Passes on a session that a request has refreshed or kept alive.
    pub(crate) fn refreshed(&self, admission: &Admission) {
        let (Some(user), Some(update)) = (&admission.user, &admission.update) else {
            return;
        };
        self.changed(user, update.tokens.as_ref());
    }

    /// Passes on a session that was changed, and its tokens if they are new.
    pub(crate) fn changed(&self, user: &User, tokens: Option<&SessionTokens>) {
        self.tell(&user.session(), |news| news.take(user, tokens));
    }

    /// Tells the connections of a session that it was revoked in this process.
    ///
    /// It always takes the lock. A connection that began before it is told, and a later one finds the session revoked.
    /// The count alone doesn't order the two: the connection could miss both.
    pub(crate) fn revoke(&self, revoked: &RevokedSession) {
        self.table.tell(revoked.session(), |news| {
            // A session that goes on, bound to a device key, ends its connections by another reason.
            let is_over = revoked.up_to() != RevokedSession::UNBOUND;
            news.is_revoked |= is_over && revoked.reaches(&news.user.session());
        });
    }

    /// Tells the connections of a user that all sessions which were issued until `at` were revoked, except for one.
    pub(crate) fn revoke_user(&self, id: &str, at: Timestamp, spared: Option<SessionId>) {
        for sender in self.table.sessions().values() {
            sender.send_if_modified(|news| {
                let session = news.user.session();
                let is_reached = session.issued() <= at && Some(session.id()) != spared;
                let is_revoked = is_reached && news.user.id() == id;
                news.is_revoked |= is_revoked;
                is_revoked
            });
        }
    }

    fn tell(&self, session: &SessionRef, change: impl FnOnce(&mut News)) {
        if self.table.count.load(Ordering::Acquire) > 0 {
            self.table.tell(session, change);
        }
    }

    /// The newest facts about a session, if it has an entry.
    pub(crate) fn news_of(&self, session: &SessionRef) -> Option<News> {
        if self.table.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let sessions = self.table.sessions();
        let news = sessions.get(&session.id())?.borrow().clone();
        Some(news)
    }

    /// Changes a session that is watched, and perhaps its tokens. The changes of one session come one after the other.
    pub(crate) fn change<E>(
        &self,
        session: &SessionRef,
        change: impl FnOnce(&News) -> Result<(User, Option<SessionTokens>), E>,
    ) -> Result<(), E> {
        let mut result = Ok(());
        self.tell(session, |news| match change(news) {
            Ok((user, tokens)) => news.take(&user, tokens.as_ref()),
            Err(error) => result = Err(error),
        });
        result
    }

    /// Keeps the news of a session that was changed.
    pub(crate) fn keep(&self, user: &User) {
        let (watching, now) = (self.watch(user), Instant::now());
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.insert(user.session().id(), watching, now + KEPT);
        while changed.take_gone(now).is_some() {}
    }

    /// Begins to watch a user's session.
    pub(crate) fn watch(&self, user: &User) -> Watching {
        let session = user.session().id();
        let mut sessions = self.table.sessions();
        let sender = sessions.entry(session).or_insert_with(|| {
            watch::Sender::new(News {
                user: user.clone(),
                tokens: None,
                is_revoked: false,
            })
        });
        // Another instance may have kept the session alive, and the connections here have not seen that.
        sender.send_if_modified(|news| news.learn(user));
        let news = sender.subscribe();
        self.table.count.store(sessions.len(), Ordering::Release);
        let table = Arc::clone(&self.table);
        (news, Place { table, session })
    }
}

impl Default for Watched {
    fn default() -> Self {
        Self {
            table: Arc::default(),
            changed: Mutex::new(ExpiringMap::new(MAX_KEPT)),
        }
    }
}

impl Table {
    fn tell(&self, session: &SessionRef, change: impl FnOnce(&mut News)) {
        if let Some(sender) = self.sessions().get(&session.id()) {
            sender.send_modify(change);
        }
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<SessionId, watch::Sender<News>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut sessions = self.table.sessions();
        let is_last = |sender: &watch::Sender<News>| sender.is_closed();
        if sessions.get(&self.session).is_some_and(is_last) {
            sessions.remove(&self.session);
        }
        self.table.count.store(sessions.len(), Ordering::Release);
    }
}
