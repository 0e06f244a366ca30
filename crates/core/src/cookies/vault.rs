//! The vault: the keys, cookie names and client that all cookies of a site are bound to.
//!
//! The files of the nouns use it for their own cookies: `session/open.rs` and `session/write.rs` for sessions,
//! `sign_in/transaction.rs` for transactions, `sign_in/loop_count.rs` for loop counts.

use crate::cookies::policy::CookiePolicy;
use crate::cookies::scan;
use crate::request::head::Head;
use crate::seal::key_ring::{KeyRing, associated_data};
use crate::seal::protection::Protection;
use crate::values::newest::Newest;

/// The most names that a reply removes. A browser has five chunks, five transactions and a loop count of ours at most.
const MAX_NAMES: usize = 20;

/// The keys and names of a site's cookies, and the data that their seals are bound to.
#[derive(Debug)]
pub(crate) struct Vault {
    keys: Newest<KeyRing>,
    pub(crate) cookies: CookiePolicy,
    pub(crate) protection: Protection,
    client_id: String,
    /// The origin of a second or further site. Its cookies are bound to the origin, so that no other site opens them.
    /// The first site has no origin here, so that cookies from before a second site was added still open.
    origin: Option<String>,
    /// The associated data of a session's first segment. It is kept, since every request needs it.
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

    /// Replaces the keys that seal and open.
    pub(crate) fn replace_keys(&self, keys: KeyRing) {
        self.keys.replace(keys);
    }

    pub(crate) fn keys(&self) -> &KeyRing {
        self.keys.get()
    }

    /// The associated data of a cookie. Its seal is bound to this data and to the key.
    pub(crate) fn aad(&self, purpose: &str, cookie: &str, more: &[u8]) -> Vec<u8> {
        let origin = self.origin.as_deref();
        associated_data(purpose, cookie, &self.client_id, more, origin)
    }

    /// The names of a request's cookies that fit. Each is there once, and there are no more than one reply can remove.
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
