//! A request that goes on to the application.

use std::fmt;

use crate::provider::tokens::SessionTokens;
use crate::session::user::User;

/// Pages of one user are not for the next one, nor for the back button after a sign-out.
const DEFAULT_CACHE_CONTROL: &str = "private, no-cache";

/// A request that goes on to the application.
#[derive(Debug)]
pub struct Admission {
    /// The user. A request on a public path may have none.
    pub user: Option<User>,
    /// The `Cache-Control` of an answer that names none: what one user sees must not be stored for
    /// the next.
    pub default_cache_control: Option<&'static str>,
    /// The session as it is from now on, where it was refreshed or its idle time moved on.
    pub update: Option<Box<Update>>,
}

/// A session that changed on the way in: the browser is told with the application's answer.
pub struct Update {
    /// The `Set-Cookie` lines. A response that carries them is [`PRIVATE`](crate::PRIVATE). They are left out if the
    /// session was revoked meanwhile.
    pub cookies: Vec<String>,
    /// The tokens, where they were refreshed: those in the request's cookie are the old ones.
    pub tokens: Option<SessionTokens>,
}

/// Says that there is one: it holds cookies and tokens.
impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").finish_non_exhaustive()
    }
}

impl Admission {
    /// Admits a request without a user.
    pub(crate) fn anonymous() -> Self {
        Self {
            user: None,
            default_cache_control: None,
            update: None,
        }
    }

    /// Admits a user, with what the browser must be told of their session.
    pub(crate) fn of(user: User, update: Option<Update>) -> Self {
        Self {
            user: Some(user),
            default_cache_control: Some(DEFAULT_CACHE_CONTROL),
            update: update.map(Box::new),
        }
    }
}
