//! The user and the login of one request.

use std::sync::Arc;

use fncy_login_core::{Head, Reply, SessionTokens, User};

use crate::handle::caller::Caller;
use crate::handle::login::Login;
use crate::request::challenge::tokens;
use crate::session::open_session::OpenSession;

/// The user and the login of a request.
///
/// It is in the extensions of each request that a login admits.
///
/// In a handler, take `CurrentUser`. This type is for code that has only the request, such as middleware inside the
/// login.
///
/// ```
/// # use fncy_login::AuthContext;
/// fn greeting(context: Option<&AuthContext>) -> String {
///     match context.and_then(AuthContext::user) {
///         Some(user) => format!("Hello, {}", user.id()),
///         None => "Hello, stranger".to_owned(),
///     }
/// }
/// # assert_eq!(greeting(None), "Hello, stranger");
/// ```
#[derive(Clone, Debug)]
pub struct AuthContext {
    login: Login,
    user: Option<User>,
    refreshed: Option<Arc<SessionTokens>>,
}

impl AuthContext {
    pub(crate) fn new(login: Login, user: Option<User>, refreshed: Option<SessionTokens>) -> Self {
        Self {
            login,
            user,
            refreshed: refreshed.map(Arc::new),
        }
    }

    /// The signed-in user. `None` on a public path without a session.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The login that admitted the request.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    /// The session's tokens. `head` is the head of the same request.
    pub(crate) fn tokens<H: Head>(
        &self,
        head: &H,
        user: &User,
    ) -> Result<SessionTokens, Box<Reply>> {
        match &self.refreshed {
            Some(tokens) => Ok(SessionTokens::clone(tokens)),
            None => tokens(&self.login, head, user),
        }
    }

    /// The session, for a handler that may change it. `head` is the head of the same request.
    pub(crate) fn open_session<H: Head>(&self, head: &H, user: &User) -> OpenSession {
        let handling = self.login.0.core.handling(head);
        let session = handling.resealing(user.clone(), self.refreshed.as_deref());
        let by = Caller::of(&self.login, head, false, true).request;
        OpenSession::new(&self.login, session, by)
    }

    pub(crate) fn is_of(&self, login: &Login) -> bool {
        self.login.is_same(login)
    }
}
