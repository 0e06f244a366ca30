//! Ending the sessions of a user and reading the user again, as the application asks for it.
//!
//! Rules:
//! - A session ends in this process at once, even if the store can't be reached.
//! - The work completes even if the caller drops the future.

use fncy_login_core::{MAX_SKEW, RevokedSession, SessionId, Subject, User};

use crate::handle::login::Login;
use crate::handle::replies::revoke_session;
use crate::hooks::login_event::{EndedSessions, LoginEventKind};
use crate::store::store_error::StoreError;
use crate::store::tasks::Tasks;

impl Login {
    /// Ends the session of this user, and no other session.
    ///
    /// Call it where there is a user and no response, such as in a WebSocket. In a handler, `Session::end` also removes
    /// the cookie and revokes the tokens at FNCY, as a `POST` to
    /// [`Site::sign_out_path`](crate::pages::Site::sign_out_path) does. After this call, the browser's next request is
    /// refused and removes the cookie.
    ///
    /// The session ends in this process at once, and its [`LiveSession`](crate::LiveSession)s too. On the instances that
    /// share a [store](crate::LoginBuilder::store), it ends within five seconds.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be reached. The instance tries again until it succeeds.
    #[doc(alias("logout", "sign out"))]
    pub async fn end_session(&self, user: &User) -> Result<(), StoreError> {
        let revoked = RevokedSession::new(user.session(), user.id());
        let login = self.clone();
        completed(&self.0.tasks, async move {
            let told = revoke_session(&login, &revoked).await;
            let (user_id, session) = (revoked.user_id(), revoked.session().id());
            tell(&login, EndedSessions::One, user_id, Some(session));
            told
        })
        .await
    }

    /// Ends all sessions of this user but this one: "sign out the others" (log out other devices).
    ///
    /// Call it after the person has changed a password or has found a session that is not theirs. No instance refuses
    /// this session in between. The other sessions end as [`Login::end_all_sessions`] ends them: in this process at
    /// once, with their [`LiveSession`](crate::LiveSession)s, and on the instances that share a store within five
    /// seconds.
    ///
    /// If this session has ended before, as on another instance a moment ago, it stays so, and all others end. If the
    /// store can't be reached, this session ends too.
    ///
    /// ```
    /// # use fncy_login::{Login, User, store::StoreError};
    /// async fn sign_out_the_others(login: &Login, user: &User) -> Result<(), StoreError> {
    ///     login.end_other_sessions(user).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be reached. The instance tries again until it succeeds.
    #[doc(alias("logout", "sign out other devices"))]
    pub async fn end_other_sessions(&self, user: &User) -> Result<(), StoreError> {
        let (login, user) = (self.clone(), user.clone());
        completed(&self.0.tasks, async move {
            let session = user.session();
            let asked = login.0.store.has_ended(session, user.id()).await;
            let spared = (asked == Ok(false)).then(|| session.id());
            let told = revoke_user(&login, user.id(), spared).await;
            let session = Some(session.id());
            tell(&login, EndedSessions::Others, user.id(), session);
            told
        })
        .await
    }

    /// Ends all sessions that a user has now: "sign out everywhere" (log out everywhere).
    ///
    /// Call it if an account was taken over, if a person has left, or if they signed out at FNCY.
    /// `id` is [`User::id`](crate::User::id). The sessions end in this process at once. On the instances that share a
    /// [store](crate::LoginBuilder::store) they end within five seconds. Without a shared store the call is forgotten
    /// with the next restart.
    ///
    /// The user may sign in again at once. FNCY's own session goes on, so the next page that the browser opens
    /// goes to FNCY and comes back signed in, without a question. To keep the user out, refuse them in
    /// [`LoginBuilder::on_login`](crate::LoginBuilder::on_login) and
    /// [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh). To have FNCY ask for a password again, set
    /// [`Setting::AuthorizeParams`](crate::Setting::AuthorizeParams) to `prompt=login`, if FNCY understands it.
    ///
    /// The tokens are not revoked at FNCY, since only the browsers' cookies have them.
    ///
    /// The clocks of instances may differ by 60 seconds, so the call reaches sessions that were issued up to 60
    /// seconds from now. A session that begins after the call is exempt if its instance knows of the call: this
    /// one at once, the others within five seconds. Before that, the user signs in once more.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be reached. The instance tries again until it succeeds.
    #[doc(alias("revoke", "logout", "sign out everywhere", "logout everywhere"))]
    pub async fn end_all_sessions(&self, id: &str) -> Result<(), StoreError> {
        let (login, id) = (self.clone(), id.to_owned());
        completed(&self.0.tasks, async move {
            let told = revoke_user(&login, &id, None).await;
            tell(&login, EndedSessions::All, &id, None);
            told
        })
        .await
    }

    /// Reads a user again at the next request of each of the user's sessions, on all instances that share a store.
    ///
    /// Call it when the application learns that the user has changed, such as from an administrator's page.
    /// `id` is [`User::id`]. For the session of a handler's own request, `Session::refresh_user` does it at once.
    ///
    /// At the next request to a protected path, the session's tokens are refreshed, FNCY's user data is read, and
    /// [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh) is asked. The request waits for this, and its
    /// handler gets the new user. Other instances learn of the call within five seconds.
    ///
    /// - If FNCY doesn't answer, the request is admitted with the user as they were. A later request tries again.
    /// - If a session has no refresh token, its user signs in again.
    /// - A public path refreshes nothing and shows the user as they were. So does an open connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be reached. The instance tries again until it succeeds.
    pub async fn refresh_user_of(&self, id: &str) -> Result<(), StoreError> {
        let (login, id) = (self.clone(), id.to_owned());
        let since = self.0.clock.now().plus(MAX_SKEW + 1);
        completed(&self.0.tasks, async move {
            login.0.store.read_user(&id, since).await
        })
        .await
    }
}

async fn revoke_user(login: &Login, id: &str, spared: Option<SessionId>) -> Result<(), StoreError> {
    let until = login.0.clock.now().plus(MAX_SKEW);
    let told = login.0.store.revoke_user(id, until, spared).await;
    login.0.watched.revoke_user(id, until, spared);
    told
}

/// Tells `on_event`.
fn tell(login: &Login, which: EndedSessions, user_id: &str, session: Option<SessionId>) {
    let subject = Subject {
        user_id: user_id.to_owned(),
        session,
    };
    let kind = LoginEventKind::SessionsEnded { which };
    login.0.events.tell(kind, Some(&subject), None, None);
}

/// The outcome of work in a task of its own.
pub(crate) async fn completed(
    tasks: &Tasks,
    work: impl Future<Output = Result<(), StoreError>> + Send + 'static,
) -> Result<(), StoreError> {
    tasks.spawn(work).await.unwrap_or(Err(StoreError))
}
