//! The header changes that a login makes to the application's response.
//!
//! Rule: the changes are computed after the application has answered, so a session that was revoked meanwhile gets no
//! cookie.

use std::fmt;

use fncy_login_core::{PRIVATE, RevocationStatus, User};

use crate::handle::login::Login;

/// Headers that shared caches obey before `Cache-Control`: those of RFC 9213 with the CDNs' own names,
/// `Surrogate-Control` of the Edge Architecture Specification, and nginx's own.
const FOR_SHARED_CACHES: [&str; 6] = [
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "netlify-cdn-cache-control",
    "surrogate-control",
    "vercel-cdn-cache-control",
    "x-accel-expires",
];

/// A login's changes to the application's response. [`ResponsePatch::header_changes`] computes them.
#[derive(Debug)]
#[must_use]
pub struct ResponsePatch {
    default_cache_control: Option<&'static str>,
    refresh: Option<Box<Refresh>>,
}

/// A session with new cookies for the browser.
struct Refresh {
    login: Login,
    user: User,
    cookies: Vec<String>,
}

/// The changes to the headers of the application's response.
///
/// `Debug` shows the number of cookies only, since they hold sessions.
#[derive(Default)]
pub struct HeaderChanges {
    /// The value to set `Cache-Control` to. It replaces the application's value.
    pub cache_control: Option<&'static str>,
    /// Headers to remove, since shared caches obey them before `Cache-Control`.
    pub removals: &'static [&'static str],
    /// `Set-Cookie` lines to append.
    pub cookies: Vec<String>,
}

impl ResponsePatch {
    /// `cookies` are the session's new cookies, if it has changed.
    pub(crate) fn new(
        login: &Login,
        user: Option<&User>,
        default_cache_control: Option<&'static str>,
        cookies: Vec<String>,
    ) -> Self {
        let refresh = user.filter(|_| !cookies.is_empty()).map(|user| {
            Box::new(Refresh {
                login: login.clone(),
                user: user.clone(),
                cookies,
            })
        });
        Self {
            default_cache_control,
            refresh,
        }
    }

    /// The changes for the application's response. Call it after the application has answered.
    ///
    /// `has_cache_control` says whether the response has a `Cache-Control` header.
    ///
    /// If the session was signed out or refreshed while the application worked, its cookies are left out.
    #[must_use]
    pub fn header_changes(self, has_cache_control: bool) -> HeaderChanges {
        match self.refresh {
            Some(refresh) if refresh.is_current() => HeaderChanges {
                cache_control: Some(PRIVATE),
                removals: &FOR_SHARED_CACHES,
                cookies: refresh.cookies,
            },
            _ => HeaderChanges {
                cache_control: self.default_cache_control.filter(|_| !has_cache_control),
                ..HeaderChanges::default()
            },
        }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for HeaderChanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderChanges")
            .field("cache_control", &self.cache_control)
            .field("cookies", &self.cookies.len())
            .finish()
    }
}

impl Refresh {
    /// Whether the browser gets the cookies: the session isn't known to be revoked, and its tokens are the newest.
    ///
    /// If only the store knows whether it was revoked, the cookies are sent, and the next request asks. Without them a
    /// live session would be lost.
    fn is_current(&self) -> bool {
        let login = &self.login.0;
        let session = self.user.session();
        let status = login.store.status(&session, self.user.id());
        status != RevocationStatus::Revoked && !login.refresher.0.refreshes.has_newer(&session)
    }
}
