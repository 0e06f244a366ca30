//! The decision over a request: the application answers it, or the login does.

use std::fmt;
use std::pin::Pin;

use fncy_login_core::{Admission, Reply};

use crate::handle::login::Login;
use crate::request::auth_context::AuthContext;
use crate::request::response_patch::ResponsePatch;

/// How a request goes on: unchanged, with a verdict, or with a verdict that is still to come.
#[must_use]
pub enum Decision {
    /// The request goes on unchanged. This login has admitted it before, and its path needs no more than that.
    Pass,
    /// The verdict is known.
    Now(Verdict),
    /// The provider or the store must be asked first.
    Later(Pin<Box<dyn Future<Output = Verdict> + Send>>),
}

impl fmt::Debug for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("Pass"),
            Self::Now(verdict) => f.debug_tuple("Now").field(verdict).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

/// The verdict over a request: the application answers it, or the login does.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// The application answers.
    Admit {
        /// The value to put into the request's extensions.
        context: AuthContext,
        /// The login's changes to the application's response.
        patch: ResponsePatch,
    },
    /// The login answers. The reply is boxed, so that an admitted request moves few bytes.
    Reply(Box<Reply>),
}

impl From<Reply> for Verdict {
    fn from(reply: Reply) -> Self {
        Self::Reply(Box::new(reply))
    }
}

impl Verdict {
    pub(crate) fn admit(login: &Login, admission: Admission) -> Self {
        login.0.watched.refreshed(&admission);
        let Admission {
            user,
            default_cache_control,
            update,
        } = admission;
        let (changed, tokens) = match update {
            Some(update) => (Some((update.cookies, update.session)), update.tokens),
            None => (None, None),
        };
        // A request that has just refreshed its tokens has shown the old cookie, and the new one may get lost. So it
        // confirms no session.
        if let Some(user) = user.as_ref().filter(|_| tokens.is_none()) {
            let store = &login.0.refresher.0.store;
            store.confirm(&|| user.session());
        }
        if user.is_some() {
            login.0.telemetry.meter.accepted();
        }
        Self::Admit {
            patch: ResponsePatch::new(login, user.as_ref(), default_cache_control, changed),
            context: AuthContext::new(login.clone(), user, tokens),
        }
    }
}
