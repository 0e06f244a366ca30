//! A tab: what a person does in it, and what they see.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::chromium::Chromium;

const ELSEWHERE: &str = "https://elsewhere.example/";

/// A tab of somebody's browser. Addresses that begin with a slash are the site's.
pub(crate) struct Tab {
    chromium: Arc<Chromium>,
    number: Option<u64>,
    origin: String,
    provider: String,
}

impl Tab {
    pub(crate) async fn open(
        chromium: Arc<Chromium>,
        origin: &str,
        provider: &str,
        act: &str,
        locale: &str,
    ) -> Self {
        let number = chromium.act(act, None, json!([locale])).await.as_u64();
        Self {
            chromium,
            number,
            origin: origin.to_owned(),
            provider: provider.to_owned(),
        }
    }

    /// Another tab of the same browser.
    pub(crate) async fn another(&self) -> Self {
        self.numbered(&self.act("another", json!([])).await)
    }

    /// The first tab of another browser, which has copies of all cookies that this one has for the site.
    pub(crate) async fn copy(&self) -> Self {
        let args = json!([self.origin, "en-US"]);
        self.numbered(&self.act("copy", args).await)
    }

    /// Drops the browser's cookies whose names have this part.
    pub(crate) async fn drop_cookies(&self, part: &str) {
        self.act("drop", json!([part])).await;
    }

    /// The tab or popup that a page of this browser has opened.
    pub(crate) async fn new_tab(&self) -> Self {
        self.numbered(&self.act("newTab", json!([])).await)
    }

    fn numbered(&self, number: &Value) -> Self {
        Self {
            chromium: Arc::clone(&self.chromium),
            number: number.as_u64(),
            origin: self.origin.clone(),
            provider: self.provider.clone(),
        }
    }

    /// Closes the tab.
    pub(crate) async fn close(&self) {
        self.act("close", json!([])).await;
    }

    /// Waits until a page has closed its tab.
    pub(crate) async fn closes(&self) {
        self.act("closes", json!([])).await;
    }

    /// Writes a text into a field.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        self.act("fill", json!([label, text])).await;
    }

    /// From now on each answer of the provider has one more header.
    pub(crate) async fn provider_adds(&self, name: &str, value: &str) {
        let args = json!([self.provider, name, value]);
        self.act("addHeader", args).await;
    }

    /// Opens an address.
    pub(crate) async fn visit(&self, address: &str) {
        self.act("visit", json!([self.url(address)])).await;
    }

    /// Goes back in the tab's history.
    pub(crate) async fn back(&self) {
        self.act("back", json!([])).await;
    }

    /// Reloads the page.
    pub(crate) async fn reload(&self) {
        self.act("reload", json!([])).await;
    }

    /// Presses a button.
    pub(crate) async fn press(&self, name: &str) {
        self.act("press", json!([name])).await;
    }

    /// Follows a link.
    pub(crate) async fn follow(&self, name: &str) {
        self.act("follow", json!([name])).await;
    }

    /// Waits until this page of the site is there, by its heading.
    ///
    /// # Panics
    ///
    /// It doesn't come, or it is not at this address.
    pub(crate) async fn shows(&self, address: &str, heading: &str) {
        self.act("shows", json!([self.url(address), heading])).await;
    }

    /// The same for a page of the provider, at whatever address it has.
    pub(crate) async fn shows_provider(&self, heading: &str) {
        let anywhere = format!("{}/**", self.provider);
        self.act("shows", json!([anywhere, heading])).await;
    }

    /// Signs in from the provider's page, and allows what it asks.
    pub(crate) async fn sign_in(&self) {
        self.sign_in_as("Alex Martin").await;
    }

    /// The same as somebody else.
    pub(crate) async fn sign_in_as(&self, name: &str) {
        self.shows_provider("Sign in").await;
        self.press(name).await;
        self.shows_provider("Allow access?").await;
        self.press("Allow").await;
    }

    /// Waits until the page's frame shows a page with this heading.
    ///
    /// # Panics
    ///
    /// It doesn't come.
    pub(crate) async fn frame_shows(&self, heading: &str) {
        self.act("frameShows", json!([heading])).await;
    }

    /// Follows a link in the page's frame.
    pub(crate) async fn follow_in_frame(&self, name: &str) {
        self.act("followInFrame", json!([name])).await;
    }

    /// From now on a page that leads to this address stays, to be looked at.
    pub(crate) async fn hold(&self, address: &str) {
        self.act("hold", json!([address])).await;
    }

    /// Everything on the page that can be read.
    pub(crate) async fn text(&self) -> String {
        self.act("text", json!([]))
            .await
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// The last address below this one that the tab asked for, on its way to others too.
    pub(crate) async fn requested(&self, start: &str) -> String {
        let args = json!([self.url(start)]);
        let address = self.act("requested", args).await;
        address.as_str().unwrap().to_owned()
    }

    /// The names of the site's cookies, with the attributes that the browser keeps to.
    pub(crate) async fn cookies(&self) -> Vec<String> {
        let cookies = self.act("cookies", json!([self.origin])).await;
        serde_json::from_value(cookies).unwrap()
    }

    /// So many of a script's requests at once: the status and the text of each answer.
    pub(crate) async fn fetch(&self, path: &str, count: usize) -> Vec<(u16, String)> {
        let answers = self.act("fetch", json!([path, count])).await;
        serde_json::from_value(answers).unwrap()
    }

    /// Sends a form of the page to this path.
    pub(crate) async fn post(&self, path: &str) {
        self.act("post", json!([path])).await;
    }

    /// Opens a page of another site, with a link to this path of ours.
    pub(crate) async fn visit_elsewhere(&self, path: &str, link: &str) {
        let page = format!(
            "<h1>Another site</h1><a href='{}'>{link}</a>",
            self.url(path)
        );
        self.visit_page_elsewhere(&page).await;
    }

    /// Opens a page of another site, with a button that opens a popup of ours. Its heading tells each message, and the
    /// end of the popup.
    pub(crate) async fn visit_opener_elsewhere(&self, path: &str, button: &str) {
        let page = format!(
            "<h1>Another site</h1><button>{button}</button><script>
            const tell = (news) => document.querySelector('h1').textContent = news;
            onmessage = () => tell('Told');
            document.querySelector('button').onclick = () => {{
              const popup = open('{}');
              setInterval(() => popup.closed && tell('Closed'), 50);
            }};
            </script>",
            self.url(path)
        );
        self.visit_page_elsewhere(&page).await;
    }

    async fn visit_page_elsewhere(&self, page: &str) {
        self.act("serve", json!([ELSEWHERE, page])).await;
        self.visit(ELSEWHERE).await;
    }

    /// What axe-core finds on the page at this width, light or dark.
    pub(crate) async fn violations(&self, width: u32, scheme: &str) -> Vec<String> {
        self.act("look", json!([width, 800, scheme])).await;
        let found = self.act("violations", json!([])).await;
        serde_json::from_value(found).unwrap()
    }

    fn url(&self, address: &str) -> String {
        if address.starts_with('/') {
            format!("{}{address}", self.origin)
        } else {
            address.to_owned()
        }
    }

    async fn act(&self, act: &str, args: Value) -> Value {
        self.chromium.act(act, self.number, args).await
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        drop(self.chromium.ask("close", self.number, &json!([])));
    }
}
