//! A further browser of a person, such as the one of a phone, with a session of its own.

use std::time::Duration;

use fncy_login::User;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use url::Url;

use crate::browser::{Backend as _, Browser, Context, RawRequest, RawResponse};
use crate::harness::Served;
use crate::steps::session::page_with;
use crate::world::{APP, World};

/// A browser with a session.
pub(crate) struct Device {
    pub(crate) browser: Browser,
    /// The user of the session, as a handler has it.
    pub(crate) user: User,
}

impl Device {
    /// A new browser, in which this user signs in.
    pub(crate) async fn of(world: &World, user: &str) -> Self {
        let browser = world.stranger();
        let mut tab = browser.tab();
        let page = world.visit_and_sign_in(&mut tab, "/page", user).await;
        assert_eq!(page.text(), format!("user={user}"));
        Self {
            browser,
            user: world.calls.user(),
        }
    }

    /// A request for a page with the browser's current cookies.
    pub(crate) fn request(&self, path: &str) -> RawRequest {
        let cookies = self
            .browser
            .jar()
            .header(&Url::parse(APP).unwrap(), Context::SameSite);
        page_with(path, cookies.unwrap_or_default())
    }

    /// Opens a page of an instance, signing in again without a question if that is asked for, and returns its text.
    pub(crate) async fn visit(&self, app: &Served, path: &str) -> String {
        self.browser.route(APP, app.clone());
        let page = self.browser.tab().visit(&format!("{APP}{path}")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        page.text().into_owned()
    }

    /// A script's request with the browser's current cookies.
    pub(crate) fn script(&self, path: &str) -> RawRequest {
        self.request(path).with_header("sec-fetch-mode", "cors")
    }

    /// Whether an instance admits the session.
    pub(crate) async fn is_signed_in(&self, app: &Served) -> bool {
        let answer = app.send(self.request("/page")).await;
        match answer.status {
            200 => true,
            303 => false,
            _ => panic!("{} {}", answer.status, answer.text()),
        }
    }

    /// An answer of an instance that goes on until the session ends.
    pub(crate) async fn stream(&self, app: &Served) -> JoinHandle<RawResponse> {
        let (app, request) = (app.clone(), self.request("/live"));
        let answer = tokio::spawn(async move { app.send(request).await });
        sleep(Duration::from_millis(100)).await;
        assert!(!answer.is_finished());
        answer
    }
}

/// The text of a stream that ends within this time.
pub(crate) async fn ends(stream: JoinHandle<RawResponse>, within: Duration) -> String {
    let answer = timeout(within, stream).await;
    answer.unwrap().unwrap().text().into_owned()
}
