//! Admissions: requests that go on to the application.

use std::fmt;

use crate::admission::resealing::Resealing;
use crate::provider::tokens::SessionTokens;
use crate::session::user::User;
use crate::values::entropy::Entropy;
use crate::values::timestamp::Timestamp;

/// The `Cache-Control` of a response that has none.
///
/// Pages of one user are not for the next user, nor for the back button after a sign-out.
pub const DEFAULT_CACHE_CONTROL: &str = "private, no-cache";

/// A request that goes on to the application.
#[derive(Debug)]
pub struct Admission {
    /// The user. A request on a public path may have none.
    pub user: Option<User>,
    /// The `Cache-Control` of a response that has none. It keeps caches from showing one user's pages to the next.
    pub default_cache_control: Option<&'static str>,
    /// The changed session, if it was refreshed or its idle end moved on.
    pub update: Option<Box<Update>>,
}

/// A session that changed before the application was called. The browser learns of it with the application's response.
pub struct Update {
    /// The `Set-Cookie` lines. A response with them is [`PRIVATE`](crate::PRIVATE). If the session was revoked
    /// meanwhile, they are left out.
    pub cookies: Vec<String>,
    /// The new tokens, if they were refreshed. The request's cookie has the old ones.
    pub tokens: Option<SessionTokens>,
    /// The changed session, if it must be sealed once more with newer session data.
    pub session: Resealing,
}

/// Shows no fields, since they hold cookies and tokens.
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

    /// Admits the user of a session whose idle end moves on. Without entropy, or if the session no longer fits into its
    /// cookies, it stays as it is.
    #[must_use]
    pub fn rolled(mut session: Resealing, now: Timestamp, entropy: Option<Entropy<1>>) -> Self {
        let cookies = session.roll(now, entropy);
        let user = session.user().clone();
        let update = cookies.map(|cookies| Update {
            cookies,
            tokens: None,
            session,
        });
        Self::of(user, update)
    }

    /// Admits a user, with the changes to their session.
    pub(crate) fn of(user: User, update: Option<Update>) -> Self {
        Self {
            user: Some(user),
            default_cache_control: Some(DEFAULT_CACHE_CONTROL),
            update: update.map(Box::new),
        }
    }
}
