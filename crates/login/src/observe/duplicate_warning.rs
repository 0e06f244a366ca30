//! Logins of one process that neither browsers nor the provider can tell apart.
//!
//! Rules: one counts for as long as it lives; one with a store doesn't, since all that share it are told of a
//! sign-out; what is found is a line of the log, and decides nothing.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use fncy_login_core::SecureUrl;

static ALIVE: Mutex<Vec<Weak<Namesake>>> = Mutex::new(Vec::new());

/// What a login is known by.
#[derive(PartialEq, Eq)]
pub(crate) struct Namesake {
    pub(crate) redirect_uri: String,
    pub(crate) token_url: SecureUrl,
    pub(crate) cookie: String,
}

impl Namesake {
    /// Counts a login without a store, and warns of others like it.
    pub(crate) fn announce(self: &Arc<Self>) {
        if self.joins_another() {
            tracing::warn!(
                redirect_uri = self.redirect_uri,
                "another Login for the same site is alive in this process, and a sign-out holds in one of them only: \
                 build one, outside of the factory that each worker runs, and clone it"
            );
        }
    }

    fn joins_another(self: &Arc<Self>) -> bool {
        let mut alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|login| login.strong_count() > 0);
        let mut others = alive.iter().filter_map(Weak::upgrade);
        let is_another = others.any(|other| other == *self);
        alive.push(Arc::downgrade(self));
        is_another
    }
}
