//! The setup of a FNCY for tests.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use fncy_dev_server::{DevServer, DevServerBuilder};
use url::Url;

use crate::clock::TestClock;
use crate::error::TestError;
use crate::fncy::TestFncy;

/// The address of the application in its own and its browsers' view.
const REDIRECT_URI: &str = "https://app.example/auth/callback";
/// 2030-01-01.
const START: u64 = 1_893_456_000;

/// The setup of a [`TestFncy`], made by [`TestFncy::setup`].
#[derive(Clone)]
#[must_use = "it does nothing until it is started"]
pub struct Setup {
    server: DevServerBuilder,
    redirect_uri: String,
}

impl Setup {
    pub(crate) fn new() -> Self {
        Self {
            server: DevServer::builder(),
            redirect_uri: REDIRECT_URI.to_owned(),
        }
    }

    /// Changes the dev server: other users, tokens that live longer, ….
    pub fn server(mut self, server: DevServerBuilder) -> Self {
        self.server = server;
        self
    }

    /// The redirect URI, for an application below a sub-path or with endpoints that are not at `/auth`. The default is
    /// `https://app.example/auth/callback`. No host is looked up, and no port is opened.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uri = uri.into();
        self
    }

    /// Starts the dev server.
    ///
    /// # Errors
    ///
    /// The server doesn't start, or the redirect URI is not a URL.
    pub fn start(self) -> Result<TestFncy, TestError> {
        // A callback elsewhere leaves the other endpoints where they are.
        let (address, path) = match self.redirect_uri.strip_suffix("/callback") {
            Some(address) => (address, format!("{address}/")),
            None => (&*self.redirect_uri, "/auth/".to_owned()),
        };
        let endpoints = Url::parse(address).and_then(|address| address.join(&path));
        let endpoints = endpoints.map_err(|_| {
            let uri = &self.redirect_uri;
            TestError::new(format!("{uri:?} is not a redirect URI: write a URL"))
        })?;
        let clock = Arc::new(TestClock::new(START));
        let sign_in_clock = Arc::clone(&clock);
        let server = self
            .server
            .redirect_uri(&self.redirect_uri)
            .clock(move || UNIX_EPOCH + Duration::from_secs(sign_in_clock.unix()))
            .start();
        let server =
            server.map_err(|error| TestError::because("the dev server does not start", error))?;
        Ok(TestFncy::new(server, clock, self.redirect_uri, endpoints))
    }
}

impl TestFncy {
    /// Starts a dev server on a free port: its users are `alex`, `haneul`, `maximiliane` and `jun`.
    ///
    /// # Errors
    ///
    /// The server doesn't start.
    pub fn start() -> Result<Self, TestError> {
        Self::setup().start()
    }

    /// A setup, for a dev server or a redirect URI of your own.
    pub fn setup() -> Setup {
        Setup::new()
    }
}
