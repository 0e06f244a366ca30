//! What a request carries once a login has let it through.

use std::ops::Deref;
use std::sync::Arc;

use fncy_login_core::{Head, Reply, SessionTokens, User};

use crate::request::live_session::LiveSession;
use crate::request::login::Login;

/// The mark that a login leaves in the extensions of each request that it admits.
///
/// Extractors read it; an application that needs the user outside a handler finds it here:
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

/// A user, and the login that let them through: what an adapter's `CurrentUser` is made of.
#[derive(Clone, Debug)]
pub struct SignedIn {
    user: User,
    login: Login,
}

impl AuthContext {
    pub(crate) fn new(login: Login, user: Option<User>, refreshed: Option<SessionTokens>) -> Self {
        Self {
            login,
            user,
            refreshed: refreshed.map(Arc::new),
        }
    }

    /// Who asks; none on a public path without a session.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The same for extractors: together with the login that let them through.
    #[must_use]
    pub fn signed_in(&self) -> Option<SignedIn> {
        self.user.as_ref().map(|user| SignedIn {
            user: user.clone(),
            login: self.login.clone(),
        })
    }

    /// For extractors: the tokens of this context's session; `head` is that of the same request.
    ///
    /// # Errors
    ///
    /// What the visitor gets instead: they are sent to sign in where there is no session, which
    /// also is the end of a session whose tokens are damaged; on a public path they are told if the
    /// access token has expired.
    pub fn tokens<H: Head>(&self, head: &H) -> Result<SessionTokens, Reply> {
        match (&self.refreshed, &self.user) {
            (Some(tokens), _) => Ok(SessionTokens::clone(tokens)),
            (None, Some(user)) => self.login.tokens(head, user).map_err(|reply| *reply),
            (None, None) => Err(self.challenge(head)),
        }
    }

    /// For extractors: what a visitor without a session gets where a user is needed. A navigation
    /// is sent to sign in, everything else is told so.
    #[must_use]
    pub fn challenge<H: Head>(&self, head: &H) -> Reply {
        *self.login.challenge(head)
    }

    /// For guards of the application's own: 403, as a page or as problem+json, for a user who may not do this.
    /// `head` is that of the same request.
    #[must_use]
    pub fn forbidden<H: Head>(&self, head: &H) -> Reply {
        *self.login.forbidden(head)
    }

    /// The login that let the request through.
    #[must_use]
    pub fn login(&self) -> &Login {
        &self.login
    }

    pub(crate) fn is_of(&self, login: &Login) -> bool {
        self.login.is_same(login)
    }
}

impl SignedIn {
    /// The user alone.
    #[must_use]
    pub fn into_user(self) -> User {
        self.user
    }

    /// The session, for a connection that outlives the request.
    #[must_use]
    pub fn watch(&self) -> LiveSession {
        self.login.watch(&self.user)
    }
}

impl Deref for SignedIn {
    type Target = User;

    fn deref(&self) -> &User {
        &self.user
    }
}
