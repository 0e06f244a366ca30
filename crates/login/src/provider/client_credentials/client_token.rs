//! An access token of the application's own (RFC 6749, section 4.4).

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{ClientGrant, Secret, Timestamp};

/// A token is replaced this long before it expires, in seconds, since requests take time and clocks
/// differ. Never more than a quarter of its life.
const MAX_LEEWAY: u64 = 30;

/// An access token of the application's own, for no user. Cloning is cheap, and clones are the same
/// token.
///
/// `Debug` shows when it expires, and nothing of the token.
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

    /// The access token, to be sent as `Authorization: Bearer …` (RFC 6750, section 2.1) to FNCY's
    /// resource server, and to nobody else.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.0.access_token.expose()
    }

    /// When it expires. A token from [`Login::client_token`](crate::Login::client_token) has some of its life left: ask for it
    /// anew for each request, instead of keeping it.
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
