//! A request that goes on to the application, and what its answer must still be given.

use std::fmt;

use fncy_login_core::{Admission, PRIVATE, RevocationStatus, User};

use crate::request::auth_context::AuthContext;
use crate::request::login::Login;

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

/// A request that a login lets through.
#[derive(Debug)]
pub struct Admitted {
    /// The mark for the request's extensions.
    pub context: AuthContext,
    /// What becomes of the application's answer.
    pub finish: Finish,
}

/// What a login adds to the answer of the application.
#[derive(Debug)]
#[must_use]
pub struct Finish {
    default_cache_control: Option<&'static str>,
    refresh: Option<Box<Refresh>>,
}

/// A session that the browser must be told of.
struct Refresh {
    login: Login,
    user: User,
    cookies: Vec<String>,
}

/// Headers for the application's answer.
///
/// `Debug` counts the cookies: they hold sessions.
#[derive(Default)]
pub struct Additions {
    /// The `Cache-Control` to set, in place of whatever is there.
    pub cache_control: Option<&'static str>,
    /// The headers to take away: what shared caches believe before `Cache-Control`.
    pub removals: &'static [&'static str],
    /// The `Set-Cookie` lines to append.
    pub cookies: Vec<String>,
}

impl Admitted {
    pub(crate) fn new(login: &Login, admission: Admission) -> Self {
        login.0.watched.refreshed(&admission);
        let Admission {
            user,
            default_cache_control,
            update,
        } = admission;
        let (cookies, tokens) = match update {
            Some(update) => (update.cookies, update.tokens),
            None => (Vec::new(), None),
        };
        // One that was refreshed just now showed its old cookie: the new one may never arrive.
        if let Some(user) = user.as_ref().filter(|_| tokens.is_none()) {
            let store = &login.0.refresher.0.store;
            store.confirm(&|| user.session());
        }
        if user.is_some() {
            login.0.accepted.count();
        }
        let refresh = user.as_ref().filter(|_| !cookies.is_empty()).map(|user| {
            Box::new(Refresh {
                login: login.clone(),
                user: user.clone(),
                cookies,
            })
        });
        Self {
            context: AuthContext::new(login.clone(), user, tokens),
            finish: Finish {
                default_cache_control,
                refresh,
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

impl fmt::Debug for Additions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Additions")
            .field("cache_control", &self.cache_control)
            .field("cookies", &self.cookies.len())
            .finish()
    }
}

impl Refresh {
    /// Whether the browser should be told: not of a session that is known to have ended, nor of
    /// tokens when there are newer ones. Where that must be asked, the next request asks: its cookie
    /// opens no ended session, while one that is never sent loses a live one.
    fn is_current(&self) -> bool {
        let login = &self.login.0;
        let session = self.user.session();
        let status = login.store.status(&session, self.user.id());
        status != RevocationStatus::Revoked && !login.refresher.0.refreshes.has_newer(&session)
    }
}

impl Finish {
    /// Called when the application has answered: a session that was signed out while it worked is
    /// not given back to the browser, nor tokens that were refreshed meanwhile.
    #[must_use]
    pub fn additions(self, has_cache_control: bool) -> Additions {
        match self.refresh {
            Some(refresh) if refresh.is_current() => Additions {
                cache_control: Some(PRIVATE),
                removals: &FOR_SHARED_CACHES,
                cookies: refresh.cookies,
            },
            _ => Additions {
                cache_control: self.default_cache_control.filter(|_| !has_cache_control),
                ..Additions::default()
            },
        }
    }
}
