//! One access token of the application's own (RFC 6749, section 4.4).

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{ClientGrant, Secret, Timestamp};

/// Seconds before its end at which a token is replaced, since requests take time and clocks differ. At most a quarter of
/// the token's life.
const MAX_LEEWAY: u64 = 30;

/// An access token of the application's own, without a user. Cloning is cheap.
///
/// [`Login::client_token`](crate::Login::client_token) returns it. `Debug` shows when it expires, and hides the token.
#[derive(Clone)]
pub struct ClientToken(Arc<Granted>);

struct Granted {
    access_token: Secret,
    expires_at: Timestamp,
    leeway: u64,
}

impl ClientToken {
    pub(crate) fn new(grant: ClientGrant) -> Self {
        Self(Arc::new(Granted {
            access_token: grant.access_token,
            expires_at: grant.expires_at,
            leeway: MAX_LEEWAY.min(grant.life / 4),
        }))
    }

    /// The access token.
    ///
    /// Send it as `Authorization: Bearer …` (RFC 6750, section 2.1), and to FNCY's resource server only.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.0.access_token.expose()
    }

    /// When the token expires.
    ///
    /// Don't keep the token until then: call [`Login::client_token`](crate::Login::client_token) before each request.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.0.expires_at
    }

    pub(crate) fn is_alive(&self, now: Timestamp) -> bool {
        now < self.0.expires_at
    }

    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        now.plus(self.0.leeway) < self.0.expires_at
    }
}

impl fmt::Debug for ClientToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientToken")
            .field("expires_at", &self.0.expires_at)
            .finish_non_exhaustive()
    }
}
