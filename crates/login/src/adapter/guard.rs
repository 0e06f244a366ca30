//! A check of the signed-in user, for the middleware that a router puts around its routes.
//!
//! Rules:
//! - A request without a user is challenged, and a user who fails the check gets 403.
//! - A check that waits is asked once a request, inside the request's own future: if the request is cancelled, the check
//!   is dropped with it. If the check fails, panics or is late, the request gets 503 and reaches no handler.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Head, User};
use tokio::time::timeout;

use crate::adapter::guard_answer::GuardAnswer;
use crate::adapter::rejection::Rejection;
use crate::handle::caller::event_request;
use crate::hooks::unless_it_panics::unless_it_panics;
use crate::request::auth_context::AuthContext;

/// How long a check may wait. A person waits no longer, and a proxy gives up later.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a route needs of its user: an adapter's guards hold it. Cloning is cheap.
#[derive(Clone)]
pub struct Guard(Arc<Check>);

enum Check {
    Scope(String),
    Predicate(Box<dyn Fn(&User) -> bool + Send + Sync>),
    Waiting(Box<dyn Fn(User) -> Waiting + Send + Sync>),
}

/// Whether the user is admitted, or why that can't be decided.
type Waiting = Pin<Box<dyn Future<Output = Result<bool, String>> + Send>>;

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
        R: Future<Output: GuardAnswer> + Send + 'static,
    {
        let check = move |user| {
            let asked = check(user);
            Box::pin(async move { asked.await.decided() }) as Waiting
        };
        Self(Arc::new(Check::Waiting(Box::new(check))))
    }

    /// Checks the user of a request; `head` is that of the same request.
    ///
    /// # Errors
    ///
    /// No user is signed in, the user fails the check, or the check can't decide.
    pub async fn check<H: Head>(&self, context: &AuthContext, head: &H) -> Result<(), Rejection> {
        let checked = self.decide(context, head).await;
        checked.map_err(|rejection| rejection.seen_as(event_request(context.login(), head)))
    }

    async fn decide<H: Head>(&self, context: &AuthContext, head: &H) -> Result<(), Rejection> {
        let Some(user) = context.user() else {
            return Err(Rejection::signed_out(context, head));
        };
        let decided = match &*self.0 {
            Check::Scope(scope) => Ok(user.has_scope(scope)),
            Check::Predicate(check) => Ok(check(user)),
            Check::Waiting(check) => {
                let asked = pin!(async { check(user.clone()).await });
                match timeout(DEADLINE, unless_it_panics(asked)).await {
                    Ok(Some(decided)) => decided,
                    Ok(None) => Err("it panicked".to_owned()),
                    Err(_) => Err(format!("it did not answer within {DEADLINE:?}")),
                }
            }
        };
        match decided {
            Ok(true) => Ok(()),
            Ok(false) => Err(Rejection::forbidden(context, head)),
            Err(cause) => Err(Rejection::undecided(context, head, cause)),
        }
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
