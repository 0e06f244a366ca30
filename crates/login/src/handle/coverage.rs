//! A login whose endpoints can't be reached: told once, at the first request that shows it.
//!
//! Rule: only requests that the login answers itself are looked at, so that a signed-in user's costs nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use fncy_login_core::{Core, Coverage, Head};

/// What requests have shown so far.
#[derive(Default)]
pub(crate) struct CoverageWatch {
    /// A request came that needs no route: our endpoints are reached in the same way.
    is_whole: AtomicBool,
    /// A browser was sent to sign in, or asked to.
    has_answered: AtomicBool,
    is_told: AtomicBool,
}

impl CoverageWatch {
    /// Looks at a request that the application doesn't answer.
    pub(crate) fn look<H: Head>(&self, core: &Core, head: &H) {
        let coverage = core.coverage(head);
        if coverage == Coverage::Whole {
            self.is_whole.store(true, Ordering::Relaxed);
        }
        let is_whole = self.is_whole.load(Ordering::Relaxed);
        let had_answered = self.has_answered.swap(true, Ordering::Relaxed);
        let is_told = || self.is_told.swap(true, Ordering::Relaxed);
        let redirect_uri = core.site().redirect_uri();
        match coverage {
            Coverage::Outside if !is_told() => tracing::error!(
                redirect_uri,
                "the login is around a part of the application that the redirect URI is not in, and no sign-in can end: put it around the whole application, or register a redirect URI below that part"
            ),
            Coverage::Nested if !is_whole && !is_told() => tracing::warn!(
                redirect_uri,
                "a router that carries the layer was nested, and axum drops its default fallback, where /auth/login and /auth/callback are: nest what `wrap` returns, by `nest_service`"
            ),
            Coverage::Unknown {
                has_transaction: true,
            } if had_answered && !is_whole && !is_told() => {
                tracing::warn!(
                    redirect_uri,
                    "a browser that was sent to sign in is back, and no request for /auth/callback has reached the layer: `route_layer`, and a `fallback` that is added after the layer, make it the application's 404; use `wrap` on the finished router"
                );
            }
            _ => {}
        }
    }
}
