//! A warning about two logins of one process for the same site.
//!
//! Rules:
//! - Two logins are the same to browsers and the provider if their [`Namesake`] is equal.
//! - A login counts while it lives. A login with a shared store doesn't count: all logins that share it learn of a
//!   sign-out.
//! - The result is one log line. No decision depends on it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use fncy_login_core::SecureUrl;

static ALIVE: Mutex<Vec<Weak<Namesake>>> = Mutex::new(Vec::new());

/// The settings by which browsers and the provider know a login.
#[derive(PartialEq, Eq)]
pub(crate) struct Namesake {
    pub(crate) redirect_uri: String,
    pub(crate) token_url: SecureUrl,
    pub(crate) cookie: String,
}

impl Namesake {
    /// Counts a login without a shared store, and warns if it is not the first.
    pub(crate) fn announce(self: &Arc<Self>) {
        let mut alive = ALIVE.lock().unwrap_or_else(PoisonError::into_inner);
        alive.retain(|login| login.strong_count() > 0);
        if alive
            .iter()
            .filter_map(Weak::upgrade)
            .any(|other| other == *self)
        {
            tracing::warn!(
                redirect_uri = self.redirect_uri,
                "this process has another Login for the same site, and a sign-out reaches only one of them: \
                 build one Login outside the factory that each worker runs, and clone it"
            );
        }
        alive.push(Arc::downgrade(self));
    }
}
