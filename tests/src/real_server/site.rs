//! The toy application on a framework, with a provider of another project, and a person's browser.
//!
//! Its clock starts at the provider's time and stands still until a test moves it. When the site is dropped, it asserts
//! that no secret of the exchanges with the provider is in the log.

use std::sync::Arc;
use std::time::Duration;

use fncy_login::LoginBuilder;
use fncy_login_testing::TestClock;
use form_urlencoded::Serializer;
use serde_json::{Map, Value};

use super::door::Door;
use super::provider::{CLIENT_ID, CLIENT_SECRET, LIFE, Provider};
use crate::browser::{Backend as _, Browser, Context, Page, RawRequest, RawResponse, Tab, wire};
use crate::harness::{Calls, Harness, Served};
use crate::steps::bearer::with_token;
use crate::world::{APP, Logs};

/// The parameters of token requests and answers that are secret.
const SECRETS: [&str; 5] = [
    "access_token",
    "client_secret",
    "code",
    "code_verifier",
    "refresh_token",
];

/// The parts that a behaviour uses.
pub struct Site<'a> {
    /// The provider.
    pub provider: &'a Provider,
    /// The proxy in front of its token endpoint.
    pub door: Door,
    /// A person's browser.
    pub browser: Browser,
    /// The application's clock.
    pub clock: Arc<TestClock>,
    harness: Harness,
    app: Served,
    logs: Logs,
}

impl<'a> Site<'a> {
    /// The usual site.
    pub fn new(provider: &'a Provider, harness: Harness) -> Self {
        Self::with(provider, harness, |builder| builder)
    }

    /// A site whose login has other settings.
    pub fn with(
        provider: &'a Provider,
        harness: Harness,
        change: impl FnOnce(LoginBuilder) -> LoginBuilder,
    ) -> Self {
        let (now, logs) = (unix_now(), Logs::start());
        let clock = Arc::new(TestClock::new(now));
        let door = Door::before(provider.address());
        let login = change(provider.login(door.origin()).clock(Arc::clone(&clock)));
        let app = harness.serve(vec![login.build().unwrap()], "", Calls::default());
        let browser = Browser::new(now);
        browser.route(APP, app.clone());
        Self {
            provider,
            door,
            browser,
            clock,
            harness,
            app,
            logs,
        }
    }

    /// Restarts the application, so its memory is empty.
    pub fn restart(&mut self) {
        let login = self.provider.login(self.door.origin());
        let login = login.clock(Arc::clone(&self.clock)).build().unwrap();
        self.app = self.harness.serve(vec![login], "", Calls::default());
        self.browser.route(APP, self.app.clone());
    }

    /// Opens a page of the application and signs in on the way.
    pub async fn sign_in(&self, tab: &mut Tab, path: &str) -> Page {
        let page = tab.visit(&format!("{APP}{path}")).await;
        self.provider.sign_in(tab, page, "sumin").await
    }

    /// Signs in, and returns the access token that the handler gets.
    pub async fn signed_in_token(&self, tab: &mut Tab) -> String {
        let page = self.sign_in(tab, "/token").await;
        assert_eq!(page.url.as_str(), format!("{APP}/token"), "{}", page.text());
        page.text().into_owned()
    }

    /// Moves the application's clock past the end of every access token.
    pub fn expire_tokens(&self) {
        self.clock.advance(Duration::from_secs(LIFE + 1));
    }

    /// A request with this copy of the browser's cookies.
    pub async fn ask_with(&self, cookies: &[u8], path: &str) -> RawResponse {
        let request = RawRequest::new("GET", path)
            .with_header("Host", "app.example")
            .with_header("Accept", "text/html")
            .with_header("Cookie", cookies);
        self.app.send(request).await
    }

    /// A request with this bearer token.
    pub async fn ask_by(&self, token: &str, path: &str) -> RawResponse {
        self.app.send(with_token(path, token)).await
    }

    /// The browser's `Cookie` header for the application.
    pub fn cookies(&self) -> Vec<u8> {
        let url = APP.parse().unwrap();
        let header = self.browser.jar().header(&url, Context::SameSite);
        header.expect("the browser has a session")
    }

    /// The number of refreshes at the provider.
    pub fn refreshes(&self) -> usize {
        self.sent("refresh_token").len()
    }

    /// The newest refresh token of the provider.
    pub fn refresh_token(&self) -> String {
        let given = self.door.passed().into_iter();
        let mut given =
            given.filter_map(|passed| wire::parameter(&passed.response.body, "refresh_token"));
        given
            .next_back()
            .expect("the provider gives refresh tokens")
    }

    /// Sends a refresh token to the provider without the application.
    pub async fn redeem(&self, refresh_token: &str) -> RawResponse {
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
        ];
        let (content_type, body) = if self.provider.kind.takes_json {
            let members = fields.map(|(name, value)| (name.to_owned(), Value::from(value)));
            let object = Value::Object(Map::from_iter(members));
            ("application/json", object.to_string())
        } else {
            let mut form = Serializer::new(String::new());
            form.extend_pairs(fields);
            ("application/x-www-form-urlencoded", form.finish())
        };
        let request = RawRequest::new("POST", self.provider.kind.token)
            .with_header("Content-Type", content_type)
            .with_body(body);
        self.door.send(request).await
    }

    /// The log since the site's start.
    pub fn logged(&self) -> String {
        self.logs.text()
    }

    fn sent(&self, name: &str) -> Vec<String> {
        let token = self.provider.kind.token.as_bytes();
        let passed = self.door.passed().into_iter();
        let to_token = passed.filter(|passed| passed.request.target == token);
        let values = to_token.filter_map(|passed| wire::parameter(&passed.request.body, name));
        values.collect()
    }
}

impl Drop for Site<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let logged = self.logged();
        for passed in self.door.passed() {
            for name in SECRETS {
                let bodies = [&passed.request.body, &passed.response.body];
                for secret in bodies
                    .into_iter()
                    .filter_map(|body| wire::parameter(body, name))
                {
                    assert!(!logged.contains(&secret), "logged: {name} {secret}");
                }
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the provider's clock is that of this machine"
)]
fn unix_now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_secs()
}
