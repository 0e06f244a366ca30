//! The vault: keys, cookie names and the client that all our cookies are bound to.
//!
//! Each noun that lives in a cookie adds its own methods, beside its own rules: sessions in
//! `session.rs`, transactions in `transaction.rs`, rounds in `round.rs`.

use crate::cookies::policy::CookiePolicy;
use crate::cookies::scan;
use crate::request::head::Head;
use crate::seal::key_ring::{KeyRing, associated_data};
use crate::seal::protection::Protection;
use crate::values::newest::Newest;

/// Five chunks, five logins and some more: what a browser has of us.
const MAX_NAMES: usize = 20;

/// What seals and opens cookies.
#[derive(Debug)]
pub(crate) struct Vault {
    keys: Newest<KeyRing>,
    pub(crate) cookies: CookiePolicy,
    pub(crate) protection: Protection,
    client_id: String,
    /// What the cookies of the second and further sites are bound to as well: theirs open on no other. Those of the
    /// first have been there before, and stay as they are.
    origin: Option<String>,
    /// Of the session's first segment, kept since every request needs it.
    pub(crate) session_aad: Vec<u8>,
}

impl Vault {
    pub(crate) fn new(
        keys: KeyRing,
        cookies: CookiePolicy,
        protection: Protection,
        client_id: &str,
        origin: Option<String>,
    ) -> Self {
        let mut vault = Self {
            keys: Newest::new(keys),
            cookies,
            protection,
            client_id: client_id.to_owned(),
            origin,
            session_aad: Vec::new(),
        };
        vault.session_aad = vault.aad("session", vault.cookies.session_name(), b"");
        vault
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
        let origin = self.origin.as_deref();
        associated_data(purpose, cookie, &self.client_id, more, origin)
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
