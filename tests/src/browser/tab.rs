//! A tab: the actions of a person and of the page in the tab.
//!
//! Tabs of one browser share its cookies and its history, so sign-ins can interleave. A clone of a tab is a second tab
//! on the same page. A typed URL has no initiator. Every other request comes from the page in the tab or from the
//! [`Page`] that is passed.

use url::Url;

use super::Browser;
use super::html::Form;
use super::page::Page;
use super::request::{Initiator, Purpose, Request};

/// Fetch section 4.4.
const MOST_REDIRECTS: usize = 20;

/// One tab of a [`Browser`].
#[derive(Clone)]
pub struct Tab {
    browser: Browser,
    document: Option<Initiator>,
}

impl Tab {
    pub(crate) fn new(browser: Browser) -> Self {
        Self {
            browser,
            document: None,
        }
    }

    /// The browser of the tab.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// The URL of the page in the tab.
    pub fn url(&self) -> Option<&Url> {
        self.document.as_ref().map(|document| &document.url)
    }

    /// Opens a typed URL without following redirects. [`Tab::follow`] goes on.
    pub async fn get(&mut self, url: &str) -> Page {
        self.show(Request::new(Purpose::Navigation, self.resolve(url), None))
            .await
    }

    /// Opens a typed URL, and follows its redirects.
    pub async fn visit(&mut self, url: &str) -> Page {
        let page = self.get(url).await;
        self.follow_all(page).await
    }

    /// Clicks a link of the page in the tab to this URL, without following redirects.
    pub async fn click(&mut self, url: &str) -> Page {
        self.show(self.by_document(Purpose::Navigation, url)).await
    }

    /// Follows one redirect, with the state of the chain so far.
    ///
    /// # Panics
    ///
    /// If the page is not a redirect.
    pub async fn follow(&mut self, page: &Page) -> Page {
        let next = page.redirect();
        self.show(next.unwrap_or_else(|| panic!("{} at {}, no redirect", page.status, page.url)))
            .await
    }

    /// Follows all redirects up to a page.
    ///
    /// # Panics
    ///
    /// If there are more than 20 redirects.
    pub async fn follow_all(&mut self, mut page: Page) -> Page {
        while let Some(next) = page.redirect() {
            assert_few(&next);
            page = self.show(next).await;
        }
        page
    }

    /// Presses a button of a form on the page, or Enter for `None`, and follows redirects.
    pub async fn submit(
        &mut self,
        page: &Page,
        form_selector: &str,
        button: Option<(&str, &str)>,
    ) -> Page {
        self.send_form(page, &page.form(form_selector), button)
            .await
    }

    /// Sends a completed form of a page, and follows redirects.
    pub async fn send_form(
        &mut self,
        page: &Page,
        form: &Form,
        button: Option<(&str, &str)>,
    ) -> Page {
        let mut url = page
            .url
            .join(&form.action)
            .expect("a form's action is a URL");
        let data = form.encode(button);
        if form.method == "GET" {
            url.set_query(Some(&data));
        }
        let mut request = Request::new(Purpose::Navigation, url, Some(page.initiator()));
        if form.method == "POST" {
            "POST".clone_into(&mut request.method);
            let content_type = b"application/x-www-form-urlencoded".to_vec();
            request
                .headers
                .push(("Content-Type".to_owned(), content_type));
            request.body = data.into_bytes();
        }
        let page = self.show(request).await;
        self.follow_all(page).await
    }

    /// Clicks the first link whose text contains this text, and follows redirects.
    ///
    /// # Panics
    ///
    /// If there is no such link.
    pub async fn click_link(&mut self, page: &Page, text: &str) -> Page {
        let links = page.links();
        let link = links.iter().find(|link| link.text.contains(text));
        let link = link.unwrap_or_else(|| panic!("no link {text:?} among {links:?}"));
        let url = page.url.join(&link.href).expect("a link's target is a URL");
        let page = self
            .show(Request::new(
                Purpose::Navigation,
                url,
                Some(page.initiator()),
            ))
            .await;
        self.follow_all(page).await
    }

    /// Calls `fetch(url)` from a script on the page.
    pub async fn fetch(&self, url: &str) -> Page {
        self.fetch_with("GET", url, &[], b"").await
    }

    /// Calls `fetch` with `credentials: "include"`, so only the cookies' own rules hold them back.
    ///
    /// There is no preflight. The request is sent as if a preflight had allowed it.
    pub async fn fetch_with(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Page {
        let mut request = self.by_document(Purpose::Fetch, url);
        method.clone_into(&mut request.method);
        request.headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect();
        request.body = body.to_vec();
        self.load(request).await
    }

    /// Loads a part of the page by its `Sec-Fetch-Dest`: `image`, `script`, `style`, `iframe`.
    pub async fn sub_resource(&self, url: &str, destination: &str) -> Page {
        self.load(self.by_document(Purpose::Part(destination.to_owned()), url))
            .await
    }

    /// Fetches a page in advance (speculation rules): a navigation with `Sec-Purpose: prefetch`.
    pub async fn prefetch(&self, url: &str) -> Page {
        self.load(self.by_document(Purpose::Prefetch, url)).await
    }

    fn by_document(&self, purpose: Purpose, url: &str) -> Request {
        Request::new(purpose, self.resolve(url), self.document.clone())
    }

    fn resolve(&self, url: &str) -> Url {
        Url::options()
            .base_url(self.url())
            .parse(url)
            .unwrap_or_else(|error| panic!("{url:?} in this tab: {error}"))
    }

    /// Navigates. The tab shows the response, unless it is a redirect or has no content.
    async fn show(&mut self, request: Request) -> Page {
        let page = self.browser.send(request).await;
        if page.redirect().is_none() && page.status != 204 {
            self.document = Some(page.initiator());
        }
        page
    }

    /// Sends a request beside the page, and follows its redirects.
    async fn load(&self, request: Request) -> Page {
        let mut page = self.browser.send(request).await;
        while let Some(next) = page.redirect() {
            assert_few(&next);
            page = self.browser.send(next).await;
        }
        page
    }
}

fn assert_few(next: &Request) {
    assert!(
        next.redirects() <= MOST_REDIRECTS,
        "too many redirects: {next:?}"
    );
}
