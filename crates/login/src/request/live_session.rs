//! Sessions of connections that outlive their request: WebSockets, event streams, long downloads.
//!
//! Rules: such a connection sees its session's end at once where it is ended in this process, and else
//! within five seconds of the store's knowing it; it keeps no session alive and refreshes none, since it
//! could set no cookie; what other requests of the session refresh in this process, it sees.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fncy_login_core::{
    Admission, RevocationStatus, RevokedSession, SessionId, SessionRef, SessionTokens, Timestamp,
    User,
};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::request::login::Login;
use crate::store::deadlines::soon;
use crate::store::store_error::StoreError;

/// How often a connection looks whether its session has ended elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// A session as a connection sees it that outlives its request. Cloning is cheap.
///
/// ```
/// # use fncy_login::{LiveSession, SessionEnd};
/// async fn serve(session: LiveSession) -> SessionEnd {
///     // … beside whatever the connection does, in a `select!`:
///     session.ended().await
/// }
/// ```
#[derive(Clone)]
pub struct LiveSession {
    login: Login,
    news: watch::Receiver<News>,
    _place: Arc<Place>,
}

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEnd {
    /// It was signed out, or ended by the application or the provider.
    SignedOut,
    /// Its time is over: absolute, idle, or that of an access token that came without a refresh token. A
    /// refresh token that FNCY refuses ends no open connection.
    Expired,
    /// Nobody can say at the moment whether it was ended. The connection should be closed; the one
    /// that follows it is let in or not.
    Unverified,
}

/// The sessions that somebody watches.
#[derive(Clone, Default)]
pub(crate) struct Watched(Arc<Table>);

#[derive(Default)]
struct Table {
    sessions: Mutex<HashMap<SessionId, watch::Sender<News>>>,
    /// How many there are, so that nobody locks for nothing.
    count: AtomicUsize,
}

#[derive(Clone)]
struct News {
    user: User,
    /// Those that were refreshed since somebody watches.
    tokens: Option<Arc<SessionTokens>>,
    was_ended: bool,
}

impl News {
    /// Takes the user as a request has them, unless that is an old one; says whether it is newer.
    fn learn(&mut self, user: &User) -> bool {
        let age = |user: &User| (user.session().generation(), user.session_ends());
        let is_newer = age(user) > age(&self.user);
        if user.session().generation() > self.user.session().generation() {
            // Those of a generation that is over are nobody's newest.
            self.tokens = None;
        }
        if is_newer {
            self.user = user.clone();
        }
        is_newer
    }
}

/// Gives the place in the table back when the last one who watches goes.
struct Place {
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

    fn watch(&self, user: &User) -> (watch::Receiver<News>, Place) {
        let session = user.session().id();
        let mut sessions = self.0.sessions();
        let sender = sessions.entry(session).or_insert_with(|| {
            watch::Sender::new(News {
                user: user.clone(),
                tokens: None,
                was_ended: false,
            })
        });
        // Another instance may have kept the session alive, unseen by those who watch here.
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

impl Login {
    pub(crate) fn watch(&self, user: &User) -> LiveSession {
        let (news, place) = self.0.watched.watch(user);
        LiveSession {
            login: self.clone(),
            news,
            _place: Arc::new(place),
        }
    }
}

impl LiveSession {
    /// The user, as the newest request of the session to this process has them.
    #[must_use]
    pub fn user(&self) -> User {
        self.news.borrow().user.clone()
    }

    /// The newest tokens that another request to this process has refreshed since this connection began;
    /// none if it was none. Those that it began with are in its request. (In the adapters the type's name is
    /// `SessionTokens`.)
    #[must_use]
    pub fn refreshed_tokens(&self) -> Option<SessionTokens> {
        let news = self.news.borrow();
        news.tokens.as_deref().cloned()
    }

    /// How long the session lasts if no other request to this process keeps it alive; nothing once it has expired.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        let now = self.login.0.clock.now();
        Duration::from_secs(self.user().session_ends().seconds_since(now))
    }

    /// Waits until the session is over, and says why. May be called again, and dropped at any time.
    pub async fn ended(&self) -> SessionEnd {
        let mut news = self.news.clone();
        loop {
            if let Some(end) = self.check().await {
                return end;
            }
            let look = LOOK_EVERY.min(self.time_left());
            // Whether there is news or it is time to look: both are looked at above.
            drop(timeout(look, news.changed()).await);
        }
    }

    /// Whether the session is over by now, and why. Waits only where somebody else must be asked,
    /// and for two seconds at most.
    pub async fn check(&self) -> Option<SessionEnd> {
        let (user, was_ended) = {
            let news = self.news.borrow();
            (news.user.clone(), news.was_ended)
        };
        let login = &self.login.0;
        if was_ended {
            return Some(SessionEnd::SignedOut);
        }
        if self.time_left().is_zero() {
            return Some(SessionEnd::Expired);
        }
        let session = user.session();
        let is_revoked = match login.store.status(&session, user.id()) {
            RevocationStatus::Live => Ok(false),
            RevocationStatus::Revoked => Ok(true),
            RevocationStatus::Ask => soon(login.store.is_revoked(session, user.id())).await,
        };
        match is_revoked {
            Ok(false) => None,
            Ok(true) => Some(SessionEnd::SignedOut),
            Err(StoreError) if login.admits_unverified => None,
            Err(StoreError) => Some(SessionEnd::Unverified),
        }
    }
}

impl fmt::Debug for LiveSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveSession")
            .field("user", &self.user())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for SessionEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignedOut => "you were signed out",
            Self::Expired => "your session has expired",
            Self::Unverified => "your session can't be checked at the moment",
        })
    }
}
