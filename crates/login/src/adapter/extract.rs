//! What extractors give to a handler: the signed-in user, the tokens, a refusal of the application's own.
//!
//! Rule: adapters wrap these types, since a framework's extractor must be a type of the adapter's crate.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{Head, Need, OwnedHead, SessionTokens, User};

use crate::adapter::guard::met;
use crate::adapter::rejection::Rejection;
use crate::handle::caller::event_request;
use crate::handle::login::Login;
use crate::hooks::request_context::RequestContext;
use crate::request::auth_context::AuthContext;
use crate::request::live_session::LiveSession;

/// A user, and the login that admitted the request: an adapter's `CurrentUser` holds it.
#[derive(Clone, Debug)]
pub struct SignedIn {
    user: User,
    login: Login,
}

impl SignedIn {
    /// The user of a request, if one is signed in.
    #[must_use]
    pub fn of(context: &AuthContext) -> Option<Self> {
        context.user().map(|user| Self {
            user: user.clone(),
            login: context.login().clone(),
        })
    }

    /// The user of a request that needs one. `head` makes the head of the same request for a refusal.
    ///
    /// # Errors
    ///
    /// No user is signed in.
    pub fn required<H: Head>(
        context: &AuthContext,
        head: impl FnOnce() -> H,
    ) -> Result<Self, Rejection> {
        Self::of(context).ok_or_else(|| signed_out(context, &head()))
    }

    /// The user of a request that needs a sign-in which is no older than this, in seconds: an adapter's `RecentSignIn`
    /// holds it.
    ///
    /// # Errors
    ///
    /// No user is signed in, or the sign-in is older.
    pub fn recent<H: Head>(
        context: &AuthContext,
        age: u64,
        head: impl FnOnce() -> H,
    ) -> Result<Self, Rejection> {
        let head = head();
        let signed_in = Self::of(context).ok_or_else(|| signed_out(context, &head))?;
        let need = Need::Recent(age);
        let met = met(context, &head, &signed_in.user, &need);
        met.map_err(|refused| refused.seen_as(event_request(context.login(), &head)))?;
        Ok(signed_in)
    }

    /// The user alone.
    #[must_use]
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The user alone, by value.
    #[must_use]
    pub fn into_user(self) -> User {
        self.user
    }

    /// The session, for a connection that outlives the request.
    #[must_use]
    pub fn watch(&self) -> LiveSession {
        LiveSession::new(&self.login, &self.user)
    }
}

/// Opens the tokens of a request's session; `head` is that of the same request.
///
/// # Errors
///
/// No user is signed in, the access token has expired on a public path, or the tokens can't be opened.
pub fn tokens<H: Head>(context: &AuthContext, head: &H) -> Result<SessionTokens, Rejection> {
    match context.user() {
        Some(user) => context.tokens(head, user).map_err(Rejection::told),
        None => Err(signed_out(context, head)),
    }
}

pub(crate) fn signed_out<H: Head>(context: &AuthContext, head: &H) -> Rejection {
    let request = event_request(context.login(), head);
    Rejection::signed_out(context, head).seen_as(request)
}

/// The login's own 401 and 403, for checks of the application's own: an adapter's `Deny` holds it.
#[derive(Clone)]
pub struct Denial {
    context: AuthContext,
    head: Arc<OwnedHead>,
    /// The request as `on_event` sees it.
    request: Option<RequestContext>,
}

impl Denial {
    /// Takes along what a response needs; `head` is that of the same request.
    pub fn new<H: Head>(context: &AuthContext, head: &H) -> Self {
        Self {
            context: context.clone(),
            head: Arc::new(OwnedHead::of(head)),
            request: event_request(context.login(), head),
        }
    }

    /// 403: the user may not do this.
    #[must_use]
    pub fn forbidden(&self) -> Rejection {
        Rejection::forbidden(&self.context, &*self.head).seen_as(self.request.clone())
    }

    /// What a visitor without a session gets: a navigation is sent to sign in, every other request gets 401.
    #[must_use]
    pub fn unauthorized(&self) -> Rejection {
        Rejection::signed_out(&self.context, &*self.head).seen_as(self.request.clone())
    }
}

/// Shows nothing of the request, whose query and headers have secrets in them.
impl fmt::Debug for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Denial").finish_non_exhaustive()
    }
}
