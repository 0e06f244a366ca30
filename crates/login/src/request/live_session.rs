//! Sessions of connections that outlive their request: WebSockets, event streams, long downloads.
//!
//! Rules: such a connection sees its session's end at once where it is ended in this process, and else
//! within five seconds of the store's knowing it; it keeps no session alive and refreshes none, since it
//! could set no cookie; what other requests of the session refresh in this process, it sees.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{RevocationStatus, SessionTokens, User};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::handle::login::Login;
use crate::handle::watched::{News, Place};
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

impl LiveSession {
    pub(crate) fn new(login: &Login, user: &User) -> Self {
        let (news, place) = login.0.watched.watch(user);
        Self {
            login: login.clone(),
            news,
            _place: Arc::new(place),
        }
    }

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
