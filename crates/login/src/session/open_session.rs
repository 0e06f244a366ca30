//! An open session: the session of a request whose response has not been sent, as its handlers change it.
//!
//! Rules:
//! - A change leaves with the response of its own request, whatever the handler answers. If the request is cancelled,
//!   the change may be lost.
//! - Changes of one process have an order: each takes a version that is higher than all before. Of two copies of a
//!   session, the data with the higher version stay.
//! - No response brings older tokens back, and no response brings a revoked session back.
//!
//! Request A changes the data, and request B refreshes the tokens at the same time. The [`Watched`] table knows the newest
//! data of both, and the newest tokens. Within one process:
//!
//! | order | what happens |
//! | --- | --- |
//! | A changes, B writes its cookies | B's response takes A's data over |
//! | B writes its cookies, A changes, B's response leaves | B's response is sealed again, with A's data |
//! | B writes its cookies, A changes, A's response leaves | A's response takes B's tokens over |
//! | A's response leaves first, B's last | both have A's data; B's cookie has the newer tokens |
//! | B's response leaves first, A's last | both have B's tokens; A's cookie has the newer data |
//! | A's response is lost | B's response has A's data, if it leaves after the change |
//! | B's response is lost | A's response has B's tokens, if A took its session before the refresh ended |
//! | A takes its session after B's refresh, with the old cookie | A's change is refused: `Outdated` |
//! | B begins after A's response, with a cookie from before | B's response takes A's data over, for ten minutes |
//!
//! Between two processes the last response wins. A browser that gets two responses in another order than they left has
//! the cookie of the one that came last.
//!
//! [`Watched`]: crate::handle::watched::Watched

use std::mem::replace;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fncy_login_core::{RefreshedTokens, Resealing, RevocationStatus, SessionTokens, Subject, User};

use crate::handle::login::Login;
use crate::handle::replies::revoke_all;
use crate::handle::watched::{News, Watching};
use crate::hooks::login_event::{EndedSessions, LoginEventKind};
use crate::hooks::request_context::RequestContext;
use crate::observe::clock;
use crate::observe::once_per_minute::limited;
use crate::session::set_data_error::SetDataError;

/// The session of a request whose response has not been sent.
pub(crate) struct OpenSession {
    pub(crate) login: Login,
    /// The request, for hooks.
    pub(crate) by: Option<RequestContext>,
    state: Mutex<State>,
    /// Keeps the news of the session, so that its newest tokens are known.
    _watching: Watching,
}

struct State {
    session: Resealing,
    status: Status,
}

enum Status {
    Unchanged,
    Changed,
    /// A handler ended the session. The lines remove its cookies.
    Ended(Vec<String>),
    /// The response has left.
    Closed,
}

impl OpenSession {
    pub(crate) fn new(login: &Login, session: Resealing, by: Option<RequestContext>) -> Self {
        Self {
            login: login.clone(),
            by,
            _watching: login.0.watched.watch(session.user()),
            state: Mutex::new(State {
                session,
                status: Status::Unchanged,
            }),
        }
    }

    /// The user, with all changes so far.
    pub(crate) fn user(&self) -> User {
        self.state().session.user().clone()
    }

    /// Replaces the session data by JSON, or removes them by an empty text.
    pub(crate) fn set_data(&self, json: &str) -> Result<(), SetDataError> {
        let now = self.login.0.clock.now();
        self.change(|session| {
            let changed = session.set_data(json, now);
            changed.map_err(|_| SetDataError::TooLarge)
        })
    }

    /// Changes the session, if its response has not been sent. The change begins with the newest that is known.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut Resealing) -> Result<(), SetDataError>,
    ) -> Result<(), SetDataError> {
        self.change_with(|session, news| {
            if !catch_up(&self.login, session, news) {
                return Err(SetDataError::Outdated);
            }
            change(session)
        })
    }

    /// Puts refreshed tokens into the session.
    pub(crate) fn refresh(&self, tokens: &RefreshedTokens) -> Result<(), SetDataError> {
        let now = self.login.0.clock.now();
        self.change_with(|session, news| {
            session.learn(&news.user, news.tokens.as_deref());
            let put = tokens.put_into(session, now);
            put.map_err(|_| SetDataError::TooLarge)?;
            let is_newest = catch_up(&self.login, session, news);
            is_newest.then_some(()).ok_or(SetDataError::Outdated)
        })
    }

    /// The tokens of the session, if they differ from these. Another request may have refreshed them.
    pub(crate) fn newer_tokens(
        &self,
        refused: &SessionTokens,
    ) -> Result<Option<SessionTokens>, SetDataError> {
        let mut state = self.open()?;
        let (login, session) = (&self.login, &mut state.session);
        if is_revoked(login, session.user()) {
            return Err(SetDataError::Ended);
        }
        let news = login.0.watched.news_of(&session.user().session());
        let has_learned =
            news.is_some_and(|news| session.learn(&news.user, news.tokens.as_deref()));
        let tokens = session.tokens();
        if has_learned {
            state.status = Status::Changed;
        }
        Ok(tokens.filter(|tokens| tokens.access_token() != refused.access_token()))
    }

    fn change_with(
        &self,
        change: impl FnOnce(&mut Resealing, &News) -> Result<(), SetDataError>,
    ) -> Result<(), SetDataError> {
        let mut state = self.open()?;
        let watched = &self.login.0.watched;
        let session = &mut state.session;
        let reference = session.user().session();
        watched.change(&reference, |news| {
            if is_revoked(&self.login, session.user()) {
                return Err(SetDataError::Ended);
            }
            change(session, news)?;
            let generation = session.user().session().generation();
            let is_refreshed = generation > news.user.session().generation();
            let tokens = is_refreshed.then(|| session.tokens()).flatten();
            Ok((session.user().clone(), tokens))
        })?;
        watched.keep(session.user());
        state.status = Status::Changed;
        Ok(())
    }

    /// Reads the session, if its response has not been sent.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Resealing) -> T) -> Result<T, SetDataError> {
        Ok(read(&self.open()?.session))
    }

    /// Ends the session. The response removes its cookies.
    pub(crate) async fn end(&self) {
        let (ending, subject) = {
            let mut state = self.state();
            if !matches!(state.status, Status::Closed) {
                state.status = Status::Ended(state.session.removals());
            }
            let ending = state.session.ending(self.login.0.clock.now());
            (ending, Subject::from(state.session.user()))
        };
        let which = EndedSessions::One;
        let kind = LoginEventKind::SessionsEnded { which };
        self.login
            .0
            .events
            .tell(kind, Some(&subject), None, self.by.as_ref());
        let login = self.login.clone();
        // In a task of its own, so that it completes even if the request is cancelled.
        let tasks = &self.login.0.tasks;
        let revoked = tasks.spawn(async move { revoke_all(&login, vec![ending]).await });
        drop(revoked.await);
    }

    /// Takes no more changes, and returns the cookies for the response if there was one.
    pub(crate) fn close(&self) -> Option<Vec<String>> {
        let mut state = self.state();
        match replace(&mut state.status, Status::Closed) {
            Status::Changed => {
                let (login, session) = (&self.login, &mut state.session);
                let news = login.0.watched.news_of(&session.user().session())?;
                let is_newest = catch_up(login, session, &news);
                let is_sent = is_newest && !is_revoked(login, session.user());
                is_sent.then(|| seal(login, session)).flatten()
            }
            Status::Ended(removals) => Some(removals),
            Status::Unchanged | Status::Closed => None,
        }
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, SetDataError> {
        let state = self.state();
        match state.status {
            Status::Unchanged | Status::Changed => Ok(state),
            Status::Ended(_) => Err(SetDataError::Ended),
            Status::Closed => Err(SetDataError::TooLate),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Seals a changed session.
pub(crate) fn seal(login: &Login, session: &mut Resealing) -> Option<Vec<String>> {
    let sealed = session.seal(login.0.clock.now(), clock::entropy());
    if sealed.is_none() {
        limited!(
            login.0.telemetry,
            error,
            "a change of a session was lost: it does not fit into the cookies beside refreshed tokens, or there were no random bytes"
        );
    }
    sealed
}

/// Whether this process knows that a user's session was revoked.
///
/// If only the store knows it, the cookies are sent, and the next request asks. Without them a live session would be
/// lost.
pub(crate) fn is_revoked(login: &Login, user: &User) -> bool {
    let status = login.0.store.status(&user.session(), user.id());
    status == RevocationStatus::Revoked
}

/// Whether this instance knows that a user's session is revoked, or that it is unless it is new.
pub(crate) fn may_be_revoked(login: &Login, user: &User) -> bool {
    let status = login.0.store.status(&user.session(), user.id());
    matches!(
        status,
        RevocationStatus::Revoked | RevocationStatus::RevokedUnlessNew
    )
}

/// Whether this process has refreshed a user's session to a newer generation.
pub(crate) fn has_newer(login: &Login, user: &User) -> bool {
    login.0.refresher.0.refreshes.has_newer(&user.session())
}

/// Takes over what this process knows of a session. `false` if it knows a newer generation without its tokens.
fn catch_up(login: &Login, session: &mut Resealing, news: &News) -> bool {
    session.learn(&news.user, news.tokens.as_deref());
    let user = session.user();
    news.user.session().generation() <= user.session().generation() && !has_newer(login, user)
}
