//! A log line about endpoints of the login that no request can reach.
//!
//! Rules:
//! - The line is logged once, at the first request that shows it.
//! - Only requests that the login answers itself are examined, so an admitted request pays nothing.
//! - A finding is written once. A write for each request would take the line away from all other cores.

use std::sync::atomic::{AtomicBool, Ordering};

use fncy_login_core::{Core, Coverage, Head};

/// The findings of all requests so far.
#[derive(Default)]
pub(crate) struct CoverageWatch {
    /// A request without a route has reached the login, so requests for the login's endpoints reach it too.
    is_whole: AtomicBool,
    /// The login has answered a request before.
    has_answered: AtomicBool,
    is_told: AtomicBool,
}

impl CoverageWatch {
    /// Examines a request that the application doesn't answer.
    pub(crate) fn look<H: Head>(&self, core: &Core, head: &H) {
        let coverage = core.coverage(head);
        if coverage == Coverage::Whole {
            learn(&self.is_whole);
        }
        let is_whole = self.is_whole.load(Ordering::Relaxed);
        let had_answered = learn(&self.has_answered);
        let is_told = || learn(&self.is_told);
        let redirect_uri = core.site().redirect_uri();
        match coverage {
            Coverage::Outside if !is_told() => tracing::error!(
                redirect_uri,
                "the redirect URI is outside the part of the application that the login is around, and no sign-in can finish: put the login around the whole application, or register a redirect URI below that part"
            ),
            Coverage::Nested if !is_whole && !is_told() => tracing::warn!(
                redirect_uri,
                "a router with the layer was nested, and axum drops its default fallback, which serves /auth/login and /auth/callback: pass the router that `wrap` returns to `nest_service`"
            ),
            Coverage::Unknown {
                has_transaction: true,
            } if had_answered && !is_whole && !is_told() => {
                tracing::warn!(
                    redirect_uri,
                    "a browser came back from a sign-in, and no request for /auth/callback has reached the layer: `route_layer`, or a `fallback` after the layer, makes it a 404 of the application; call `wrap` on the finished router"
                );
            }
            _ => {}
        }
    }
}

/// Writes a finding, and returns whether it was there before.
fn learn(finding: &AtomicBool) -> bool {
    finding.load(Ordering::Relaxed) || finding.swap(true, Ordering::Relaxed)
}
