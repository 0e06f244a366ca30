//! Sessions of connections that outlive their request: WebSockets, event streams, long downloads.
//!
//! Rules:
//! - If the session is revoked in this process, its connections learn of it at once. If it is revoked elsewhere, they
//!   learn of it within three seconds after this instance.
//! - If the process is about to end, a connection learns of it within three seconds. A new connection also gets three
//!   seconds, so that a client that reconnects at once does so with pauses.
//! - A connection can set no cookie, so it neither keeps a session alive nor refreshes it.
//! - A connection of a bound session ends after the time for which a proof of the device key is good. One from before the
//!   binding ends at the binding. Each may be a copy's.
//! - A connection sees the user and the tokens that other requests to this process have refreshed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{DEVICE_COOKIE_LIFE, MAX_SKEW, SessionRef, SessionTokens, Timestamp, User};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::handle::login::Login;
use crate::handle::revocation_check::{is_bound_since, is_revoked};
use crate::handle::watched::{News, Place};
use crate::store::store_error::StoreError;

/// How often a connection checks whether its session was revoked elsewhere.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// The session of a connection that outlives its request, such as a WebSocket. Cloning is cheap.
///
/// ```
/// # use fncy_login::{LiveSession, SessionEnd};
/// async fn serve(session: LiveSession) -> SessionEnd {
///     // In a `select!`, beside the connection's own work:
///     session.ended().await
/// }
/// ```
#[doc(alias("websocket", "sse", "event stream"))]
#[derive(Clone)]
pub struct LiveSession {
    login: Login,
    since: Instant,
    /// The session of the connection's request, and the time of that.
    session: SessionRef,
    began: Timestamp,
    news: watch::Receiver<News>,
    _place: Arc<Place>,
}

/// Why a [`LiveSession`] is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionEnd {
    /// The user signed out, or the application or FNCY ended the session.
    SignedOut,
    /// The session lifetime or the idle timeout is over. Or the access token has expired, and it came without a
    /// refresh token. If FNCY refuses a refresh token, open connections stay.
    Expired,
    /// The store can't be asked whether the session was revoked. Close the connection. When the client connects
    /// again, the login decides anew.
    Unverified,
    /// The session is bound to a device key, and the connection may be a copy's: the browser has bound the session since the
    /// connection began, or that is six minutes ago. The session goes on: the client connects again, and the browser proves
    /// its key if it must.
    Unproven,
    /// The process is about to end ([`Login::drain`]). The session goes on: the client connects again, to another
    /// instance.
    Stopping,
}

impl LiveSession {
    pub(crate) fn new(login: &Login, user: &User) -> Self {
        let (news, place) = login.0.watched.watch(user);
        Self {
            login: login.clone(),
            since: Instant::now(),
            session: user.session(),
            began: login.0.clock.now(),
            news,
            _place: Arc::new(place),
        }
    }

    /// The user, as of the newest request of this session to this process.
    #[must_use]
    pub fn user(&self) -> User {
        self.news.borrow().user.clone()
    }

    /// The newest tokens that another request to this process has refreshed since this connection began.
    ///
    /// `None` if no request has refreshed them. The first tokens of the connection are in its request.
    #[must_use]
    pub fn refreshed_tokens(&self) -> Option<SessionTokens> {
        let news = self.news.borrow();
        news.tokens.as_deref().cloned()
    }

    /// How long the session lasts if no other request to this process keeps it alive. Zero after it has expired.
    #[must_use]
    pub fn time_left(&self) -> Duration {
        let now = self.login.0.clock.now();
        Duration::from_secs(self.user().session_ends().seconds_since(now))
    }

    /// Waits until the session is over, and returns why.
    ///
    /// The future can be dropped at any time, and the method called again.
    pub async fn ended(&self) -> SessionEnd {
        let mut news = self.news.clone();
        loop {
            if let Some(end) = self.check().await {
                return end;
            }
            let look = LOOK_EVERY.min(self.time_left());
            // After news and after the timeout alike, the loop checks again.
            drop(timeout(look, news.changed()).await);
        }
    }

    /// Checks whether the session is over, and returns why. `None` while it lives.
    ///
    /// It waits only if the store must be asked, and for two seconds at most.
    pub async fn check(&self) -> Option<SessionEnd> {
        let (user, is_known_revoked) = {
            let news = self.news.borrow();
            (news.user.clone(), news.is_revoked)
        };
        let login = &self.login.0;
        if is_known_revoked {
            return Some(SessionEnd::SignedOut);
        }
        if self.time_left().is_zero() {
            return Some(SessionEnd::Expired);
        }
        if self.login.is_draining() && self.since.elapsed() >= LOOK_EVERY {
            return Some(SessionEnd::Stopping);
        }
        if self.session.is_bound() && self.age() >= DEVICE_COOKIE_LIFE + MAX_SKEW {
            return Some(SessionEnd::Unproven);
        }
        match self.end_by_store(&user).await {
            Ok(end) => end,
            Err(StoreError) if login.admits_unverified => None,
            Err(StoreError) => Some(SessionEnd::Unverified),
        }
    }

    /// How long ago the connection began, in seconds.
    fn age(&self) -> u64 {
        self.login.0.clock.now().seconds_since(self.began)
    }

    async fn end_by_store(&self, user: &User) -> Result<Option<SessionEnd>, StoreError> {
        let (newest, login) = (user.session(), &self.login);
        let is_bound_since = if is_revoked(login, newest, user.id()).await? {
            if !is_bound_since(login, newest, user.id()).await? {
                return Ok(Some(SessionEnd::SignedOut));
            }
            true
        } else {
            newest.is_bound() && !self.session.is_bound()
        };
        Ok(is_bound_since.then_some(SessionEnd::Unproven))
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
            Self::Unproven => "your device must be confirmed; connect again",
            Self::Stopping => "the server is about to restart",
        })
    }
}
