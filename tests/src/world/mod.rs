//! The world of one scenario: a provider, an application on one harness, a browser and a clock.
//!
//! When a world is dropped, it asserts the rules of **every** scenario (`invariants.rs`).

mod invariants;
mod logs;
mod panics;
pub mod wire_provider;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use fncy_dev_server::{DevServer, Endpoint};
use fncy_login::clock::Clock;
use fncy_login::{Login, LoginBuilder, Setting};
use fncy_login_testing::TestClock;

pub use self::logs::{Logs, ThreadLogs};
pub use self::panics::ON_PURPOSE;
use self::panics::Panics;
use tokio::time::sleep;
use url::Url;

use crate::browser::{Backend as _, Browser, Context, Page, RawRequest, RawResponse, Tab};
use crate::harness::{Calls, Harness, Served};
use crate::world::wire_provider::WireProvider;

/// The application's origin.
pub const APP: &str = "https://app.example";
/// 2030-01-01.
const START: u64 = 1_893_456_000;
/// A cookie secret that passes the checks.
pub const COOKIE_SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=";

/// A part of each token in an answer that a scenario has written.
pub const SCRIPTED: &str = "scripted-token";

/// The settings of a world.
pub struct Setup {
    /// Changes the login's settings.
    pub login: Box<dyn FnOnce(LoginBuilder) -> LoginBuilder>,
    /// Changes the provider's settings.
    pub provider: fncy_dev_server::DevServerBuilder,
    /// The path below which the application is nested, if it is. `{lang}` is any segment, and `en` in the redirect URI.
    pub mount: &'static str,
    /// The number of logins around the application. The default is 1.
    pub layers: usize,
    /// Whether the application may be called without a user.
    pub is_public: bool,
}

/// The parts that a scenario uses.
pub struct World {
    /// The harness that serves the application.
    pub harness: Harness,
    /// FNCY, as documented.
    pub provider: DevServer,
    /// The login around the application.
    pub login: Login,
    /// The requests that reached the application.
    pub calls: Calls,
    /// A person's browser.
    pub browser: Browser,
    clock: Arc<TestClock>,
    app: Mutex<Served>,
    logs: Logs,
    panics: Panics,
    is_public: AtomicBool,
    /// Why a refresh token is used twice.
    resends: Mutex<Option<&'static str>>,
    /// Other endpoints that are asked for tokens.
    wires: Mutex<Vec<WireProvider>>,
}

impl World {
    /// The usual world: all pages are protected, and the endpoints are below `/auth`.
    pub fn new(harness: Harness) -> Self {
        Self::with(harness, |_| {})
    }

    /// A world with other settings.
    pub fn with(harness: Harness, change: impl FnOnce(&mut Setup)) -> Self {
        let (logs, panics) = (Logs::start(), Panics::start());
        let clock = Arc::new(TestClock::new(START));
        let mut setup = Setup {
            login: Box::new(|builder| builder),
            provider: DevServer::builder(),
            mount: "",
            layers: 1,
            is_public: false,
        };
        change(&mut setup);
        let base = setup.mount.replace("{lang}", "en");
        let redirect_uri = format!("{APP}{base}/auth/callback");
        let sign_in_clock = Arc::clone(&clock);
        let provider = setup
            .provider
            .redirect_uri(&redirect_uri)
            .clock(move || UNIX_EPOCH + Duration::from_secs(sign_in_clock.unix()))
            .start()
            .unwrap();
        let builder = usual(&provider, &redirect_uri).clock(Arc::clone(&clock));
        let login = (setup.login)(builder).build().unwrap();
        let calls = Calls::default();
        let logins = vec![login.clone(); setup.layers];
        let app = harness.serve(logins, setup.mount, calls.clone());
        let browser = Browser::new(START);
        browser.route(APP, app.clone());
        Self {
            harness,
            provider,
            login,
            calls,
            browser,
            clock,
            app: Mutex::new(app),
            logs,
            panics,
            is_public: AtomicBool::new(setup.is_public),
            resends: Mutex::default(),
            wires: Mutex::default(),
        }
    }

    /// A tab of the person's browser.
    pub fn tab(&self) -> Tab {
        self.browser.tab()
    }

    /// Another person's browser.
    pub fn stranger(&self) -> Browser {
        let browser = Browser::new(self.clock.unix());
        browser.route(APP, self.app());
        browser
    }

    /// Replaces the application's login, as a restart does.
    pub fn serve(&self, login: Login) {
        let app = self.harness.serve(vec![login], "", self.calls.clone());
        self.browser.route(APP, app.clone());
        *self.app.lock().unwrap() = app;
    }

    /// Restarts the usual application, so its memory is empty.
    pub fn restart(&self) {
        self.serve(self.usual().build().unwrap());
    }

    /// Restarts the usual application with this token endpoint.
    pub fn restart_with(&self, tokens: &WireProvider) {
        let mut wires = self.wires.lock().unwrap();
        wires.retain(|wire| wire.url() != tokens.url());
        wires.push(tokens.clone());
        drop(wires);
        self.restart_at(tokens.url());
    }

    /// Restarts the usual application with a token endpoint at this address.
    pub fn restart_at(&self, token_url: &str) {
        let login = self.usual().set(Setting::TokenUrl, token_url);
        self.serve(login.build().unwrap());
    }

    /// The usual application's settings.
    pub fn usual(&self) -> LoginBuilder {
        usual(&self.provider, &format!("{APP}/auth/callback")).clock(self.clock())
    }

    /// Another instance of the application, beside the browser's.
    pub fn instance(&self, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> Served {
        let login = change(self.usual()).build().unwrap();
        self.harness.serve(vec![login], "", self.calls.clone())
    }

    /// Allows calls of the application without a user.
    pub fn may_be_anonymous(&self) {
        self.is_public.store(true, Ordering::Relaxed);
    }

    /// Allows that a refresh token is used twice, for this reason.
    pub fn resends(&self, why: &'static str) {
        *self.resends.lock().unwrap() = Some(why);
    }

    /// The clock of this world.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as _
    }

    /// The served application, for requests in tasks of their own.
    pub fn app(&self) -> Served {
        self.app.lock().unwrap().clone()
    }

    /// Sends a request to the application as it is, without the browser.
    pub async fn raw(&self, request: RawRequest) -> RawResponse {
        self.app().send(request).await
    }

    /// Sends a script's GET with exactly this `Cookie` header.
    pub async fn ask(&self, target: &str, cookies: impl AsRef<[u8]>) -> RawResponse {
        let request = RawRequest::new("GET", target)
            .with_header("host", "app.example")
            .with_header("cookie", cookies);
        self.raw(request).await
    }

    /// The browser's `Cookie` header for the application.
    pub fn cookie_header(&self) -> Vec<u8> {
        let url = Url::parse(APP).unwrap();
        let header = self.browser.jar().header(&url, Context::SameSite);
        header.unwrap_or_default()
    }

    /// Moves the clock of the application and the browser forward.
    pub fn advance(&self, seconds: u64) {
        self.advance_server(seconds);
        self.browser.jar().now += seconds;
    }

    /// Moves the application's clock forward. The browser's cookies don't expire.
    pub fn advance_server(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Turns the application's clock back.
    pub fn turn_server_back(&self, seconds: u64) {
        self.clock.turn_back(Duration::from_secs(seconds));
    }

    /// Signs in on the provider's page, and follows the redirects.
    pub async fn sign_in(&self, tab: &mut Tab, page: Page, user: &str) -> Page {
        let page = tab.submit(&page, "form", Some(("user", user))).await;
        self.consent(tab, page, "allow").await
    }

    /// Presses a button of the consent page, if the browser shows it.
    pub async fn consent(&self, tab: &mut Tab, page: Page, decision: &str) -> Page {
        if page.url.as_str().starts_with(self.provider.base_url()) {
            return tab
                .submit(&page, "form", Some(("decision", decision)))
                .await;
        }
        page
    }

    /// Opens a page and signs in on the way.
    pub async fn visit_and_sign_in(&self, tab: &mut Tab, path: &str, user: &str) -> Page {
        let page = tab.visit(&format!("{APP}{path}")).await;
        self.sign_in(tab, page, user).await
    }

    /// The callback's URL after a sign-in at the provider, which is not opened.
    ///
    /// Another browser signs in there, so this browser can still take its own steps.
    pub async fn approve(&self, authorize_url: &str, user: &str) -> String {
        self.answer(authorize_url, user, "allow").await
    }

    /// The callback's URL of a person who cancels.
    pub async fn cancel(&self, authorize_url: &str, user: &str) -> String {
        self.answer(authorize_url, user, "cancel").await
    }

    async fn answer(&self, authorize_url: &str, user: &str, decision: &str) -> String {
        let elsewhere = Browser::new(self.clock.unix());
        elsewhere.route(APP, |_: &RawRequest| RawResponse::new(200));
        let mut tab = elsewhere.tab();
        let separator = if authorize_url.contains('?') {
            '&'
        } else {
            '?'
        };
        let page = tab
            .visit(&format!("{authorize_url}{separator}prompt=consent"))
            .await;
        let page = tab.submit(&page, "form", Some(("user", user))).await;
        let page = self.consent(&mut tab, page, decision).await;
        page.url.to_string()
    }

    /// Starts a sign-in by opening a page, and returns the address at the provider.
    pub async fn start(&self, tab: &mut Tab, path: &str) -> String {
        let page = tab.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, 303, "{}", page.text());
        page.header("location").unwrap().to_owned()
    }

    /// Starts a sign-in by a link of the page in the tab, and returns the address at the provider.
    pub async fn start_by_link(&self, tab: &mut Tab, path: &str) -> String {
        let page = tab.click(&format!("{APP}{path}")).await;
        assert_eq!(page.status, 303, "{}", page.text());
        page.header("location").unwrap().to_owned()
    }

    /// The log since the world began, of this scenario and of those that run beside it.
    pub fn logged(&self) -> String {
        self.logs.text()
    }

    /// The number of token requests.
    pub fn token_requests(&self) -> u64 {
        let wires = self.wires.lock().unwrap();
        let wired: usize = wires.iter().map(|wire| wire.requests().len()).sum();
        self.provider.request_count(Endpoint::Token) + wired as u64
    }

    /// Waits until the token endpoint has received this many requests.
    ///
    /// # Panics
    ///
    /// If that takes more than ten seconds.
    pub async fn until_token_requests(&self, count: u64) {
        until(count, "token requests", || self.token_requests()).await;
    }

    /// Waits until the revocation endpoint has received this many requests. Replies don't wait for them.
    ///
    /// # Panics
    ///
    /// If that takes more than ten seconds.
    pub async fn until_revocations(&self, count: u64) {
        let revocations = || self.provider.request_count(Endpoint::Revoke);
        until(count, "revocations", revocations).await;
    }

    /// The value of the browser's session cookie.
    pub fn session_cookie(&self) -> String {
        let jar = self.browser.jar();
        jar.get("__Host-fncy_session").unwrap().value().into_owned()
    }

    /// The names of the browser's cookies with this prefix.
    pub fn cookies(&self, prefix: &str) -> Vec<String> {
        self.browser
            .jar()
            .cookies()
            .map(|cookie| cookie.name().into_owned())
            .filter(|name| name.starts_with(prefix))
            .collect()
    }
}

async fn until(count: u64, what: &str, counted: impl Fn() -> u64) {
    for _ in 0..1_000 {
        if counted() >= count {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{} {what}, and not {count}", counted());
}

/// The settings of an application with the dev server as its provider. A sign-out ends on our own page.
pub fn usual(provider: &DevServer, redirect_uri: &str) -> LoginBuilder {
    Login::builder()
        .env_from(provider.environment())
        .set(Setting::RedirectUri, redirect_uri)
        .set(Setting::CookieSecret, COOKIE_SECRET)
        .set(Setting::SignOutUrl, "")
}
