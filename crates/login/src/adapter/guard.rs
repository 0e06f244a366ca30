//! A check of the signed-in user, for the middleware that a router puts around its routes.
//!
//! Rule: no user is challenged, a user who fails the check gets 403, and a check that waits is asked once a request.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use fncy_login_core::{Head, User};

use crate::adapter::rejection::Rejection;
use crate::request::auth_context::AuthContext;

/// What a route needs of its user: an adapter's guards hold it. Cloning is cheap.
#[derive(Clone)]
pub struct Guard(Arc<Check>);

enum Check {
    Scope(String),
    Predicate(Box<dyn Fn(&User) -> bool + Send + Sync>),
    Waiting(Box<dyn Fn(User) -> Waiting + Send + Sync>),
}

type Waiting = Pin<Box<dyn Future<Output = bool> + Send>>;

impl Guard {
    /// A granted scope.
    #[must_use]
    pub fn scope(scope: impl Into<String>) -> Self {
        Self(Arc::new(Check::Scope(scope.into())))
    }

    /// A predicate over the user.
    #[must_use]
    pub fn predicate(check: impl Fn(&User) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Check::Predicate(Box::new(check))))
    }

    /// A predicate that waits, such as for a database.
    #[must_use]
    pub fn waiting<F, R>(check: F) -> Self
    where
        F: Fn(User) -> R + Send + Sync + 'static,
        R: Future<Output = bool> + Send + 'static,
    {
        let check = move |user| Box::pin(check(user)) as Waiting;
        Self(Arc::new(Check::Waiting(Box::new(check))))
    }

    /// Checks the user of a request; `head` is that of the same request.
    ///
    /// # Errors
    ///
    /// No user is signed in, or the user fails the check.
    pub async fn check<H: Head>(&self, context: &AuthContext, head: &H) -> Result<(), Rejection> {
        let Some(user) = context.user() else {
            return Err(Rejection::signed_out(context, head));
        };
        let passes = match &*self.0 {
            Check::Scope(scope) => user.has_scope(scope),
            Check::Predicate(check) => check(user),
            Check::Waiting(check) => check(user.clone()).await,
        };
        let refused = || Rejection::forbidden(context, head);
        passes.then_some(()).ok_or_else(refused)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Check::Scope(scope) => f.debug_tuple("Scope").field(scope).finish(),
            Check::Predicate(_) => f.write_str("Predicate(..)"),
            Check::Waiting(_) => f.write_str("Waiting(..)"),
        }
    }
}
