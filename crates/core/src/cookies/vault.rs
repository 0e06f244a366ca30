//! The vault: the keys, cookie names and client that all cookies of a site are bound to.
//!
//! The files of the nouns use it for their own cookies: `session/open.rs` and `session/write.rs` for sessions,
//! `session/device_cookie.rs` for device cookies, `sign_in/transaction.rs` for transactions, `sign_in/loop_count.rs` for
//! loop counts.

use crate::cookies::policy::CookiePolicy;
use crate::cookies::scan;
use crate::request::head::Head;
use crate::seal::key_ring::KeyRing;
use crate::seal::keys::Keys;
use crate::seal::protection::Protection;
use crate::values::codec::Writer;
use crate::values::newest::Newest;

/// The most names that a reply removes. A browser has five chunks, five transactions and a loop count of ours at most.
const MAX_NAMES: usize = 20;

/// The keys and names of a site's cookies.
#[derive(Debug)]
pub(crate) struct Vault {
    keys: Newest<Keys>,
    pub(crate) cookies: CookiePolicy,
    pub(crate) protection: Protection,
    /// Whether sessions may be bound to device keys.
    pub(crate) binds_devices: bool,
    /// The context of all keys: the session's cookie name, the client and the origin.
    context: Vec<u8>,
}

impl Vault {
    /// Makes the vault of a site. Cookies of a second or further site are bound to its `origin`, so that no other site
    /// opens them. The first site has no origin, so that cookies from before a second site was added still open.
    pub(crate) fn new(
        keys: &KeyRing,
        cookies: CookiePolicy,
        protection: Protection,
        client_id: &str,
        origin: Option<&str>,
    ) -> Self {
        let context = Writer::with_capacity(128)
            .text(cookies.session_name())
            .text(client_id)
            .text(origin.unwrap_or_default())
            .into_bytes();
        Self {
            keys: Newest::new(keys.bound_to(&context)),
            cookies,
            protection,
            binds_devices: false,
            context,
        }
    }

    /// The same vault, for sessions that may be bound to device keys if `binds` says so.
    pub(crate) fn binding_devices(self, binds: bool) -> Self {
        Self {
            binds_devices: binds,
            ..self
        }
    }

    /// Replaces the keys that seal and open.
    pub(crate) fn replace_keys(&self, keys: &KeyRing) {
        self.keys.replace(keys.bound_to(&self.context));
    }

    pub(crate) fn keys(&self) -> &Keys {
        self.keys.get()
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
