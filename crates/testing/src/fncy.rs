//! FNCY for tests: a dev server on loopback, the settings for it, and a clock.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_dev_server::{DevServer, Endpoint, Fault};
use fncy_login::{Login, LoginBuilder};
use url::Url;

use crate::clock::TestClock;

/// A cookie secret that passes the checks. It is public.
const COOKIE_SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=";

/// A FNCY for one test, with a clock that stands still. Clones share it. The server stops with the last clone and the last
/// client.
#[doc(alias("mock", "fake", "stub"))]
#[derive(Clone)]
pub struct TestFncy(Arc<Inner>);

struct Inner {
    server: DevServer,
    clock: Arc<TestClock>,
    redirect_uri: String,
    /// The address above the login's endpoints, with a slash at the end.
    endpoints: Url,
}

impl TestFncy {
    pub(crate) fn new(
        server: DevServer,
        clock: Arc<TestClock>,
        redirect_uri: String,
        endpoints: Url,
    ) -> Self {
        Self(Arc::new(Inner {
            server,
            clock,
            redirect_uri,
            endpoints,
        }))
    }

    /// A builder with the settings of this FNCY and its clock.
    ///
    /// A sign-out ends on the application's own page, as without `FNCY_SIGN_OUT_URL`. The cookie secret is public.
    pub fn login(&self) -> LoginBuilder {
        Login::builder()
            .env_from(self.0.server.environment())
            .redirect_uri(&self.0.redirect_uri)
            .cookie_secret(COOKIE_SECRET)
            .sign_out_url("")
            .clock(self.clock())
    }

    /// The origin of the application, such as `https://app.example`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.endpoints.origin().ascii_serialization()
    }

    /// Moves the clock by whole seconds: for sessions, for access tokens as the login sees them, for the cookies of all
    /// clients, and for the dev server's `auth_time` and `max_age`.
    ///
    /// These times stay real: the deadline of an exchange with FNCY, the five seconds that a login rests after a failed
    /// exchange, and the life of the dev server's own tokens.
    #[doc(alias("time travel", "expiry"))]
    pub fn advance(&self, time: Duration) {
        self.0.clock.advance(time);
    }

    /// The clock, for an application that reads it too.
    #[must_use]
    pub fn clock(&self) -> Arc<TestClock> {
        Arc::clone(&self.0.clock)
    }

    /// Adds a fault to an endpoint, after the faults that wait there already.
    pub fn fault(&self, endpoint: Endpoint, fault: Fault) {
        self.0.server.fault(endpoint, fault);
    }

    /// The dev server, for its counters and its other methods.
    pub fn server(&self) -> &DevServer {
        &self.0.server
    }

    /// The application's front page: the folder above the login's endpoints, which may be a sub-path.
    pub(crate) fn front_page(&self) -> Url {
        let mut address = self.0.endpoints.clone();
        if let Ok(mut segments) = address.path_segments_mut() {
            segments.pop_if_empty().pop().push("");
        }
        address
    }

    /// The address of one of the login's endpoints.
    pub(crate) fn endpoint(&self, name: &str) -> Url {
        let mut address = self.0.endpoints.clone();
        address.set_path(&format!("{}{name}", address.path()));
        address
    }
}

impl fmt::Debug for TestFncy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TestFncy").field(&self.0.server).finish()
    }
}
