//! The vault: keys, cookie names and the client that all our cookies are bound to.
//!
//! Each noun that lives in a cookie adds its own methods, beside its own rules: sessions in
//! `session.rs`, transactions in `transaction.rs`, rounds in `round.rs`.

use crate::Head;
use crate::cookies::policy::CookiePolicy;
use crate::cookies::scan;
use crate::newest::Newest;
use crate::seal::{KeyRing, Protection, associated_data};

/// Five chunks, five logins and some more: what a browser has of us.
const MAX_NAMES: usize = 20;

/// What seals and opens cookies.
#[derive(Debug)]
pub(crate) struct Vault {
    keys: Newest<KeyRing>,
    pub(crate) cookies: CookiePolicy,
    pub(crate) protection: Protection,
    client_id: String,
    /// Of the session's first segment, kept since every request needs it.
    pub(crate) session_aad: Vec<u8>,
}

impl Vault {
    pub(crate) fn new(
        keys: KeyRing,
        cookies: CookiePolicy,
        protection: Protection,
        client_id: &str,
    ) -> Self {
        let session_aad = associated_data("session", cookies.session_name(), client_id, b"");
        Self {
            keys: Newest::new(keys),
            cookies,
            protection,
            client_id: client_id.to_owned(),
            session_aad,
        }
    }

    /// The keys that seal and open from now on.
    pub(crate) fn replace_keys(&self, keys: KeyRing) {
        self.keys.replace(keys);
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        self.keys.get()
    }

    /// What a cookie is bound to, beside its key.
    pub(crate) fn aad(&self, purpose: &str, cookie: &str, more: &[u8]) -> Vec<u8> {
        associated_data(purpose, cookie, &self.client_id, more)
    }

    /// The names of a request's cookies that fit, each once, and no more than an answer can
    /// remove.
    pub(crate) fn names<H: Head>(&self, head: &H, fits: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = scan::names(head)
            .filter(|name| fits(name))
            .map(str::to_owned)
            .collect();
        names.sort_unstable();
        names.dedup();
        names.truncate(MAX_NAMES);
        names
    }
}
