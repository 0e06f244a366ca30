//! The sessions that open connections watch: WebSockets, event streams, long downloads.
//!
//! Rule: a request pays for it only while a connection watches.

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
    /// Their number, so that no request locks for nothing.
    count: AtomicUsize,
}

#[derive(Clone)]
pub(crate) struct News {
    pub(crate) user: User,
    /// The tokens that were refreshed since a connection watches.
    pub(crate) tokens: Option<Arc<SessionTokens>>,
    pub(crate) was_ended: bool,
}

impl News {
    /// Takes the user as a request has them, unless that is an old one; says whether it is newer.
    fn learn(&mut self, user: &User) -> bool {
        let age = |user: &User| (user.session().generation(), user.session_ends());
        let is_newer = age(user) > age(&self.user);
        if user.session().generation() > self.user.session().generation() {
            // Tokens of a former generation are not the newest.
            self.tokens = None;
        }
        if is_newer {
            self.user = user.clone();
        }
        is_newer
    }
}

/// Gives the place in the table back when the last connection goes.
pub(crate) struct Place {
    table: Arc<Table>,
    session: SessionId,
}

impl Watched {
    /// A request has brought news of a session.
    pub(crate) fn refreshed(&self, admission: &Admission) {
        let (Some(user), Some(update)) = (&admission.user, &admission.update) else {
            return;
        };
        self.tell(&user.session(), |news| {
            // Tokens of the generation that is known already are known as well.
            let is_refreshed = user.session().generation() > news.user.session().generation();
            news.learn(user);
            if let Some(tokens) = update.tokens.as_ref().filter(|_| is_refreshed) {
                news.tokens = Some(Arc::new(tokens.clone()));
            }
        });
    }

    /// A session was ended here.
    pub(crate) fn ended(&self, ending: &RevokedSession) {
        self.tell(ending.session(), |news| {
            news.was_ended |= ending.reaches(news.user.session().generation());
        });
    }

    /// The sessions that a user had then were ended here.
    pub(crate) fn ended_user(&self, id: &str, at: Timestamp) {
        for sender in self.0.sessions().values() {
            sender.send_if_modified(|news| {
                let user = &news.user;
                let is_over = user.id() == id && user.session().issued() <= at;
                news.was_ended |= is_over;
                is_over
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

    pub(crate) fn watch(&self, user: &User) -> (watch::Receiver<News>, Place) {
        let session = user.session().id();
        let mut sessions = self.0.sessions();
        let sender = sessions.entry(session).or_insert_with(|| {
            watch::Sender::new(News {
                user: user.clone(),
                tokens: None,
                was_ended: false,
            })
        });
        // Another instance may have kept the session alive, unseen by the connections here.
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
