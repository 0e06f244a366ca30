//! What a login changes in the application's response.
//!
//! Rule: it is asked for when the response is there, so that a session which was revoked meanwhile is not given back.

use std::fmt;

use fncy_login_core::{PRIVATE, RevocationStatus, User};

use crate::handle::login::Login;

/// RFC 9213 with the targets that CDNs have for themselves, what there was before it (Edge Architecture
/// Specification), and nginx's own.
const FOR_SHARED_CACHES: [&str; 6] = [
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "netlify-cdn-cache-control",
    "surrogate-control",
    "vercel-cdn-cache-control",
    "x-accel-expires",
];

/// What a login changes in the application's response, asked for by [`ResponsePatch::header_changes`].
#[derive(Debug)]
#[must_use]
pub struct ResponsePatch {
    default_cache_control: Option<&'static str>,
    refresh: Option<Box<Refresh>>,
}

/// A session whose new cookies the browser must get.
struct Refresh {
    login: Login,
    user: User,
    cookies: Vec<String>,
}

/// Changes of the headers of the application's response.
///
/// `Debug` counts the cookies: they hold sessions.
#[derive(Default)]
pub struct HeaderChanges {
    /// The value that `Cache-Control` is set to; a value of the application's is replaced.
    pub cache_control: Option<&'static str>,
    /// Headers that are removed: shared caches obey them before `Cache-Control`.
    pub removals: &'static [&'static str],
    /// `Set-Cookie` lines that are appended.
    pub cookies: Vec<String>,
}

impl ResponsePatch {
    /// `cookies` are those that the user's session has changed to.
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

    /// The changes for a response that is there: call it after the application has answered.
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
    /// Whether the browser gets the cookies: the session is not known to be revoked, and its tokens are the newest.
    /// If the store would have to be asked, they are sent: the next request asks. A cookie that is never sent would
    /// lose a live session.
    fn is_current(&self) -> bool {
        let login = &self.login.0;
        let session = self.user.session();
        let status = login.store.status(&session, self.user.id());
        status != RevocationStatus::Revoked && !login.refresher.0.refreshes.has_newer(&session)
    }
}
