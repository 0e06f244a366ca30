//! The header changes that a login makes to the application's response.
//!
//! Rules:
//! - The changes are computed after the application has answered, so a session that was revoked meanwhile gets no
//!   cookie.
//! - If a handler has changed or ended the session, its cookies take the place of those that the login had before.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;

use fncy_login_core::{PRIVATE, Resealing, User};

use crate::handle::login::Login;
use crate::session::open_session::{has_newer, may_be_revoked, seal};
use crate::session::patch_slot::PatchSlot;

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
    changed: Option<Box<Changed>>,
    slot: PatchSlot,
}

/// A session with new cookies for the browser.
struct Changed {
    login: Login,
    session: Resealing,
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
    /// `changed` has the session's new cookies, if it was refreshed or its idle end moved on.
    pub(crate) fn new(
        login: &Login,
        user: Option<&User>,
        default_cache_control: Option<&'static str>,
        changed: Option<(Vec<String>, Resealing)>,
    ) -> Self {
        let changed = changed.map(|(cookies, session)| {
            Box::new(Changed {
                login: login.clone(),
                session,
                cookies,
            })
        });
        Self {
            default_cache_control,
            changed,
            slot: PatchSlot::of(user),
        }
    }

    /// Polls the application, so that its handlers can change the session with the response of this patch. Without a
    /// patch, the application is polled as it is.
    ///
    /// An adapter that names its futures calls it in each poll. [`ResponsePatch::around`] is for all others.
    #[inline]
    pub fn scope<T>(patch: Option<&mut Self>, poll: impl FnOnce() -> T) -> T {
        match patch {
            Some(patch) => patch.slot.enter(poll),
            None => poll(),
        }
    }

    /// Runs the application, so that its handlers can change the session with the response of this patch.
    pub async fn around<F: Future>(&mut self, application: F) -> F::Output {
        let mut application = pin!(application);
        poll_fn(|context| self.slot.enter(|| application.as_mut().poll(context))).await
    }

    /// The changes for the application's response. Call it after the application has answered.
    ///
    /// `has_cache_control` says whether the response has a `Cache-Control` header.
    ///
    /// If the session was signed out or refreshed while the application worked, its cookies are left out. What a handler
    /// has changed leaves with the newest tokens.
    #[must_use]
    pub fn header_changes(mut self, has_cache_control: bool) -> HeaderChanges {
        let changed = self.changed.take();
        let cookies = self.slot.close();
        match cookies.or_else(|| changed?.cookies()) {
            Some(cookies) => HeaderChanges {
                cache_control: Some(PRIVATE),
                removals: &FOR_SHARED_CACHES,
                cookies,
            },
            None => HeaderChanges {
                cache_control: self.default_cache_control.filter(|_| !has_cache_control),
                ..HeaderChanges::default()
            },
        }
    }
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changed")
            .field("session", &self.session)
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

impl Changed {
    /// The cookies, unless the session is known to be revoked, perhaps with all sessions of its user, or its tokens are not
    /// the newest. Cookies that are left out are no loss: the next request finds the tokens in the store. If another
    /// request has changed the session data meanwhile, the session is sealed once more.
    fn cookies(mut self) -> Option<Vec<String>> {
        let login = &self.login.0;
        let user = self.session.user();
        if may_be_revoked(&self.login, user) || has_newer(&self.login, user) {
            return None;
        }
        let news = login.watched.news_of(&user.session());
        if news.is_some_and(|news| self.session.learn(&news.user, None)) {
            let sealed = seal(&self.login, &mut self.session);
            return Some(sealed.unwrap_or(self.cookies));
        }
        Some(self.cookies)
    }
}
