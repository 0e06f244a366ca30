//! A check of the signed-in user, for the middleware that a router puts around its routes.
//!
//! Rules:
//! - A request without a user is challenged, and a user who fails the check is refused.
//! - A check that waits is asked once a request, inside the request's own future: if the request is cancelled, the check
//!   is dropped with it. If the check fails, panics or is late, the request gets 503 and reaches no handler.

use std::fmt;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Head, Need, User};
use tokio::time::timeout;

use crate::adapter::guard_answer::GuardAnswer;
use crate::adapter::rejection::Rejection;
use crate::handle::caller::event_request;
use crate::hooks::unless_it_panics::unless_it_panics;
use crate::observe::telemetry;
use crate::request::auth_context::AuthContext;

/// How long a check may wait. A person waits no longer, and a proxy gives up later.
const DEADLINE: Duration = Duration::from_secs(5);

/// What a route needs of its user: an adapter's guards hold it. Cloning is cheap.
#[derive(Clone)]
pub struct Guard(Arc<Check>);

enum Check {
    Need(Need),
    Waiting(Box<dyn Fn(User) -> Waiting + Send + Sync>),
}

/// Whether the user is admitted, or why that can't be decided.
type Waiting = Pin<Box<dyn Future<Output = Result<bool, String>> + Send>>;

impl Guard {
    /// A granted scope.
    #[must_use]
    pub fn scope(scope: impl Into<String>) -> Self {
        Self(Arc::new(Check::Need(Need::Scope(scope.into()))))
    }

    /// A predicate over the user.
    #[must_use]
    pub fn predicate(check: impl Fn(&User) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(Check::Need(Need::Predicate(Arc::new(check)))))
    }

    /// A sign-in that is no older than this, in whole seconds.
    #[must_use]
    pub fn recent_sign_in(age: Duration) -> Self {
        Self(Arc::new(Check::Need(Need::Recent(age.as_secs()))))
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
        let check = match &*self.0 {
            Check::Need(need) => return met(context, head, user, need),
            Check::Waiting(check) => check,
        };
        let asked = pin!(async { check(user.clone()).await });
        let decided = match timeout(DEADLINE, unless_it_panics(asked)).await {
            Ok(Some(decided)) => decided,
            Ok(None) => Err("it panicked".to_owned()),
            Err(_) => Err(format!("it did not answer within {DEADLINE:?}")),
        };
        match decided {
            Ok(true) => Ok(()),
            Ok(false) => Err(Rejection::forbidden(context, head)),
            Err(cause) => Err(Rejection::undecided(context, head, cause)),
        }
    }
}

/// Checks the need of a guard or an extractor.
pub(crate) fn met<H: Head>(
    context: &AuthContext,
    head: &H,
    user: &User,
    need: &Need,
) -> Result<(), Rejection> {
    let login = &context.login().0;
    if matches!(need, Need::Recent(_)) && !login.knows_auth_time {
        login
            .auth_time_warning
            .call_once(telemetry::unproved_sign_in);
    }
    if need.is_met(user, login.clock.now()) {
        Ok(())
    } else {
        Err(Rejection::unmet(context, head, need))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Check::Need(need) => need.fmt(f),
            Check::Waiting(_) => f.write_str("Waiting(..)"),
        }
    }
}
