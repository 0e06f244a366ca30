//! A model of a browser: cookies, redirects, forms, and the headers that name a request's source.
//!
//! A [`Browser`] is a profile: a [`CookieJar`], a history, and a table with the [`Backend`] of each origin. Its [`Tab`]s
//! send the requests. The jar is the test kit's, which users have too. Requests to loopback over plain http need no
//! entry in the table.

mod backend;
#[cfg(test)]
mod cookie_jar_tests;
mod html;
mod page;
mod referrer;
mod request;
mod site;
mod tab;
#[cfg(test)]
mod tests;
pub mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

pub use fncy_login_testing::cookies::{Context, Cookie, CookieJar, SameSite};
use url::Url;

pub use self::backend::{Backend, Socket};
pub use self::html::{Form, Link};
pub use self::page::Page;
use self::request::Request;
pub use self::tab::Tab;
pub use self::wire::{RawRequest, RawResponse};

/// A request and its response.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The URL that it was sent to.
    pub url: Url,
    /// The request as it was sent.
    pub request: RawRequest,
    /// The response.
    pub response: RawResponse,
}

impl Exchange {
    /// The `Location` as written.
    pub fn location(&self) -> Option<&str> {
        self.response.header("location")
    }

    /// The `Set-Cookie` lines.
    pub fn set_cookies(&self) -> Vec<String> {
        let lines = self.response.headers_named("set-cookie");
        lines
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect()
    }
}

/// A browser profile. Clones share it.
#[derive(Clone)]
pub struct Browser {
    profile: Arc<Profile>,
}

struct Profile {
    jar: Mutex<CookieJar>,
    routes: Mutex<HashMap<String, Arc<dyn Backend>>>,
    history: Mutex<Vec<Exchange>>,
}

impl Browser {
    /// A new profile at this time, in Unix seconds.
    pub fn new(now: u64) -> Self {
        let profile = Profile {
            jar: Mutex::new(CookieJar::new(now)),
            routes: Mutex::default(),
            history: Mutex::default(),
        };
        Self {
            profile: Arc::new(profile),
        }
    }

    /// Sets the backend of an origin, such as `https://app.example`.
    pub fn route(&self, origin: &str, backend: impl Backend + 'static) {
        let origin = Url::parse(origin).expect("an origin is a URL").origin();
        let mut routes = self.profile.routes.lock().unwrap();
        routes.insert(origin.ascii_serialization(), Arc::new(backend));
    }

    /// An empty tab.
    pub fn tab(&self) -> Tab {
        Tab::new(self.clone())
    }

    /// Its cookies and its clock.
    pub fn jar(&self) -> MutexGuard<'_, CookieJar> {
        self.profile.jar.lock().unwrap()
    }

    /// Every request so far with its response, in the order of the responses.
    pub fn history(&self) -> Vec<Exchange> {
        self.profile.history.lock().unwrap().clone()
    }

    async fn send(&self, request: Request) -> Page {
        let cookie = self.jar().header(&request.url, request.context());
        let raw = request.to_raw(cookie);
        let response = self.backend(&request.url).await.send(raw.clone()).await;
        self.jar().apply(
            &request.url,
            request.context(),
            response.headers_named("set-cookie"),
        );
        self.profile.history.lock().unwrap().push(Exchange {
            url: request.url.clone(),
            request: raw,
            response: response.clone(),
        });
        Page::new(request, response)
    }

    /// # Panics
    ///
    /// If the origin has no backend, because of a mistake in the test or an unexpected redirect.
    async fn backend(&self, url: &Url) -> Arc<dyn Backend> {
        let origin = url.origin().ascii_serialization();
        let routed = self.profile.routes.lock().unwrap().get(&origin).cloned();
        if let Some(backend) = routed {
            return backend;
        }
        assert!(
            url.scheme() == "http" && site::is_loopback(url),
            "nothing serves {url}"
        );
        let (host, port) = (
            url.host_str().unwrap_or_default(),
            url.port_or_known_default(),
        );
        let addresses = tokio::net::lookup_host(format!("{host}:{}", port.unwrap_or(80))).await;
        let address = addresses.ok().and_then(|mut addresses| addresses.next());
        Arc::new(Socket(
            address.unwrap_or_else(|| panic!("no address for {url}")),
        ))
    }
}
