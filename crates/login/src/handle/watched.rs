//! The sessions that open connections watch: WebSockets, event streams, long downloads.
//!
//! Rule: a request takes a lock only while a connection watches.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fncy_login_core::{
    Admission, RevokedSession, SessionId, SessionRef, SessionTokens, Timestamp, User,
};
use tokio::sync::watch;

/// The sessions that open connections watch.
#[derive(Clone, Default)]
pub(crate) struct Watched(Arc<Table>);

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
        let age = |user: &User| (user.session().generation(), user.session_ends());
        let is_newer = age(user) > age(&self.user);
        if user.session().generation() > self.user.session().generation() {
            // Tokens of the former generation are no longer the newest.
            self.tokens = None;
        }
        if is_newer {
            self.user = user.clone();
        }
        is_newer
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
        self.tell(&user.session(), |news| {
            // If the generation is known already, so are its tokens.
            let is_refreshed = user.session().generation() > news.user.session().generation();
            news.learn(user);
            if let Some(tokens) = update.tokens.as_ref().filter(|_| is_refreshed) {
                news.tokens = Some(Arc::new(tokens.clone()));
            }
        });
    }

    /// Tells the connections of a session that it was revoked in this process.
    pub(crate) fn revoke(&self, revoked: &RevokedSession) {
        self.tell(revoked.session(), |news| {
            news.is_revoked |= revoked.reaches(news.user.session().generation());
        });
    }

    /// Tells the connections of a user that all sessions which were issued until `at` were revoked, except for one.
    pub(crate) fn revoke_user(&self, id: &str, at: Timestamp, spared: Option<SessionId>) {
        for sender in self.0.sessions().values() {
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
        if self.0.count.load(Ordering::Acquire) > 0
            && let Some(sender) = self.0.sessions().get(&session.id())
        {
            sender.send_modify(change);
        }
    }

    /// Begins to watch a user's session.
    pub(crate) fn watch(&self, user: &User) -> (watch::Receiver<News>, Place) {
        let session = user.session().id();
        let mut sessions = self.0.sessions();
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
        self.0.count.store(sessions.len(), Ordering::Release);
        let table = Arc::clone(&self.0);
        (news, Place { table, session })
    }
}

impl Table {
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
