//! What the extractor of a session gives to a handler: its data, and the ways to change or end it.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{Credential, DataError, Head, User};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::adapter::rejection::Rejection;
use crate::request::auth_context::AuthContext;
use crate::request::challenge::session_required;
use crate::session::open_session::OpenSession;
use crate::session::patch_slot::open_session;
use crate::session::refresh_user::refresh_user;
use crate::session::refresh_user_error::RefreshUserError;
use crate::session::set_data_error::SetDataError;

/// The session of a request, which a handler may change: an adapter's `Session` holds it. Cloning is cheap.
///
/// A change leaves with the response of this request, with any status. So set the data after the work that may fail. If
/// the browser closes the connection before the response, the change may be lost. The next request of the browser has
/// the new data, and so do its guards.
///
/// The cookie is the only place of the data. If two requests change them at the same time, the last change wins; the
/// manual's page on session data has all cases.
///
/// To read data only, take `CurrentUser`, which costs nothing more.
#[derive(Clone)]
pub struct SessionHandle(Arc<OpenSession>);

impl SessionHandle {
    /// The session of a request; `head` is that of the same request.
    ///
    /// # Errors
    ///
    /// No user is signed in, or the request shows a bearer token, which has no session (403, `session_required`). Or a
    /// layer between the login and the handler has moved the request to another task, so that
    /// the response can't be reached.
    pub fn of<H: Head>(context: &AuthContext, head: &H) -> Result<Self, Rejection> {
        let Some(user) = context.user() else {
            return Err(Rejection::signed_out(context, head));
        };
        if user.credential() == Credential::BearerToken {
            return Err(Rejection::told(session_required(
                context.login(),
                head,
                user,
            )));
        }
        open_session(user, || context.open_session(head, user))
            .map(Self)
            .ok_or_else(Rejection::other_task)
    }

    /// The user, with all changes that this request has made.
    #[must_use]
    pub fn user(&self) -> User {
        self.0.user()
    }

    /// The session data. `None` if there are none.
    ///
    /// # Errors
    ///
    /// [`DataError`], if there are data, but they are no `T`. Another release of the application may have added them.
    pub fn data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        self.user().session_data()
    }

    /// Replaces the session data.
    ///
    /// Each request opens the data, and browsers send them each time. So user, kept claims and data share a kilobyte: keep
    /// a key here, and the rest in a database.
    ///
    /// # Errors
    ///
    /// [`SetDataError`]. The data are then as they were before.
    pub fn set_data(&self, data: &impl Serialize) -> Result<(), SetDataError> {
        let json = serde_json::to_string(data).map_err(|_| SetDataError::NotJson)?;
        self.0.set_data(&json)
    }

    /// Removes the session data.
    ///
    /// # Errors
    ///
    /// [`SetDataError`]. The data are then as they were before.
    pub fn clear_data(&self) -> Result<(), SetDataError> {
        self.0.set_data("")
    }

    /// Reads the user again at FNCY now, and returns the user with the new name, email address and claims.
    ///
    /// Call it if FNCY's user data have just changed, such as after a purchase. Otherwise they are read again with a
    /// refresh. The hook [`on_refresh`](crate::LoginBuilder::on_refresh) decides, and may replace the session data.
    /// `session.user()` has the new user, and `CurrentUser` in the same handler the one from before. The scopes stay.
    ///
    /// It takes at most 15 seconds, and shares the places at FNCY with the refreshes of the same user.
    ///
    /// # Errors
    ///
    /// [`RefreshUserError`]. If the user data are another user's, or `on_refresh` refuses the user, the session ends.
    #[doc(alias = "userinfo")]
    pub async fn refresh_user(&self) -> Result<User, RefreshUserError> {
        refresh_user(&self.0).await?;
        Ok(self.user())
    }

    /// Ends the session, as a sign-out does: it is revoked, its tokens are revoked at FNCY, and this response removes its
    /// cookies.
    ///
    /// The user's other sessions go on. [`Login::end_all_sessions`](crate::Login::end_all_sessions) ends all of them.
    #[doc(alias("logout", "sign out", "destroy", "revoke"))]
    pub async fn end(&self) {
        self.0.end().await;
    }
}

/// Shows the user's id only.
impl fmt::Debug for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionHandle")
            .field("user", &self.user())
            .finish_non_exhaustive()
    }
}
