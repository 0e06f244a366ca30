//! Sessions of connections that outlive their request: WebSockets, event streams, long downloads.
//!
//! Rules: if a session ends in this process, its connections see it at once; if it ends on another instance, within five
//! seconds after the store knows it. A connection keeps no session alive and refreshes no token, since it could set no
//! cookie. It sees tokens that other requests of the session to this process refresh.

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

/// The session of a connection that outlives its request, such as a WebSocket. Cloning is cheap.
///
/// ```
/// # use fncy_login::{LiveSession, SessionEnd};
/// async fn serve(session: LiveSession) -> SessionEnd {
///     // … in a `select!` with the work of the connection:
///     session.ended().await
/// }
/// ```
#[doc(alias("websocket", "sse", "event stream"))]
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
    /// The user signed out, or the application or FNCY revoked the session.
    SignedOut,
    /// The session lifetime or the idle timeout is over, or an access token without a refresh token has expired. If FNCY
    /// refuses a refresh token, no open connection ends.
    Expired,
    /// The store can't say whether the session is revoked. Close the connection; the login decides over the next one.
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

    /// The user, as the newest request of the session to this process had them.
    #[must_use]
    pub fn user(&self) -> User {
        self.news.borrow().user.clone()
    }

    /// The newest tokens that another request to this process has refreshed since this connection began, if there are any.
    ///
    /// The first tokens of the connection are in its request.
    #[must_use]
    pub fn refreshed_tokens(&self) -> Option<SessionTokens> {
        let news = self.news.borrow();
        news.tokens.as_deref().cloned()
    }

    /// The time that is left if no other request to this process keeps the session alive. It is zero after the end.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        let now = self.login.0.clock.now();
        Duration::from_secs(self.user().session_ends().seconds_since(now))
    }

    /// Waits until the session is over, and says why.
    ///
    /// It may be called again, and dropped at any time.
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

    /// Why the session is over, if it is. It waits only for the store, and for two seconds at most.
    pub async fn check(&self) -> Option<SessionEnd> {
        let (user, is_revoked) = {
            let news = self.news.borrow();
            (news.user.clone(), news.is_revoked)
        };
        let login = &self.login.0;
        if is_revoked {
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
