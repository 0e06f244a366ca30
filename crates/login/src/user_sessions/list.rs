//! The list of a user's sessions, as the application asks for it.

use std::cmp::Reverse;

use fncy_login_core::RevokedSession;

use crate::handle::login::Login;
use crate::handle::replies::revoke_session;
use crate::handle::revocation_check::{is_bound_since, is_revoked};
use crate::user_sessions::end::completed;
use crate::user_sessions::listed_session::{ListedSession, ListedSessionId};
use crate::user_sessions::sessions_error::SessionsError;

impl Login {
    /// The sessions of a user, the last used first: a list of devices.
    ///
    /// [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions) turns the list on. `id` is
    /// [`User::id`](crate::User::id). Check who asks before you show the list of another user: this method doesn't.
    ///
    /// The list has the 100 sessions that end last, and none that was revoked. A session that is new, refreshed or kept
    /// alive is listed a moment later, since no request waits for the list. A session from before the setting is listed
    /// with its next refresh.
    ///
    /// ```
    /// # use fncy_login::{Login, User, sessions::SessionsError};
    /// async fn devices(login: &Login, user: &User) -> Result<Vec<String>, SessionsError> {
    ///     let sessions = login.sessions_of(user.id()).await?;
    ///     let name = |session: &fncy_login::sessions::ListedSession| match session.is(user) {
    ///         true => "this device".to_owned(),
    ///         false => session.label().unwrap_or("another device").to_owned(),
    ///     };
    ///     Ok(sessions.iter().map(name).collect())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`SessionsError`] if the store can't be reached, or if this login keeps no lists.
    #[doc(alias("devices", "active sessions"))]
    pub async fn sessions_of(&self, id: &str) -> Result<Vec<ListedSession>, SessionsError> {
        let listing = self.0.listing.as_ref().ok_or(SessionsError::NotListed)?;
        let now = self.0.clock.now();
        let mut listed = Vec::new();
        for entry in listing.entries(id).await? {
            // The entry may be from before the session was bound to a device key.
            if entry.over > now
                && (!is_revoked(self, entry.session, id).await?
                    || is_bound_since(self, entry.session, id).await?)
            {
                listed.push(ListedSession(entry));
            }
        }
        listed.sort_by_key(|session| Reverse(session.last_used()));
        Ok(listed)
    }

    /// Ends a session of a user's list, and returns whether the list has it.
    ///
    /// The session ends as [`Login::end_session`] ends it. A session of another user never ends, since it is not in the
    /// list of this one. Pass the id of the request's own user, unless your application has checked who asks.
    ///
    /// # Errors
    ///
    /// [`SessionsError`] if the store can't be reached, or if this login keeps no lists.
    #[doc(alias("logout", "revoke"))]
    pub async fn end_listed_session(
        &self,
        user_id: &str,
        session: ListedSessionId,
    ) -> Result<bool, SessionsError> {
        let listing = self.0.listing.as_ref().ok_or(SessionsError::NotListed)?;
        let entries = listing.entries(user_id).await?;
        let mut entries = entries.into_iter().map(|entry| entry.session);
        let Some(session) = entries.find(|entry| entry.id() == session.0) else {
            return Ok(false);
        };
        let (login, revoked) = (self.clone(), RevokedSession::new(session, user_id));
        let tasks = &self.0.tasks;
        completed(tasks, async move { revoke_session(&login, &revoked).await }).await?;
        Ok(true)
    }
}
