//! An HTTP client with a cookie jar, which follows no redirect.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::header::{ACCEPT, AUTHORIZATION, COOKIE, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

/// A visitor gives up after this.
const PATIENCE: Duration = Duration::from_secs(30);

static CLIENTS: AtomicU8 = AtomicU8::new(0);

/// What a program or a person asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wants {
    Page,
    Data,
}

/// An answer. Its status is 0 if there was none.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) has_retry_after: bool,
    pub(crate) body: String,
}

/// A browser with its cookies, all of one site.
pub(crate) struct Browser {
    client: Client<HttpConnector, Empty<Bytes>>,
    origin: String,
    /// The address that the proxy sees.
    client_address: String,
    jar: BTreeMap<String, String>,
}

impl Browser {
    /// An empty one, for a site with this origin.
    pub(crate) fn new(origin: &str) -> Self {
        Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            origin: origin.to_owned(),
            client_address: format!("198.51.100.{}", CLIENTS.fetch_add(1, Ordering::Relaxed)),
            jar: BTreeMap::new(),
        }
    }

    /// Asks for a target with the cookies, and keeps those of the answer.
    pub(crate) async fn get(&mut self, target: &str, wants: Wants) -> Answer {
        self.send(Method::GET, target, wants, "").await
    }

    /// Posts an empty form of the site.
    pub(crate) async fn post(&mut self, target: &str) -> Answer {
        self.send(Method::POST, target, Wants::Page, "").await
    }

    /// Asks as a program with a bearer token.
    pub(crate) async fn get_with_token(&mut self, target: &str, token: &str) -> Answer {
        self.send(Method::GET, target, Wants::Data, token).await
    }

    /// Sets a session cookie, as a stranger invents it.
    pub(crate) fn set_session(&mut self, value: &str) {
        let port = self.origin.rsplit(':').next().unwrap();
        let name = format!("fncy_{port}_session");
        self.jar.insert(name, value.to_owned());
    }

    /// Loses the session, as if a proxy had removed it.
    pub(crate) fn lose_session(&mut self) {
        self.jar.retain(|name, _| !name.contains("_session"));
    }

    async fn send(&mut self, method: Method, target: &str, wants: Wants, token: &str) -> Answer {
        let cookies: Vec<_> = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let (accept, mode) = match wants {
            Wants::Page => ("text/html", "navigate"),
            Wants::Data => ("application/json", "cors"),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{target}", self.origin))
            .header(ACCEPT, accept)
            .header("client", &self.client_address)
            .header("sec-fetch-mode", mode)
            .header("sec-fetch-site", "same-origin")
            .header(ORIGIN, &self.origin);
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Empty::new()).unwrap();
        let answering = async {
            let (head, body) = self.client.request(request).await.ok()?.into_parts();
            let body = body.collect().await.ok()?.to_bytes();
            Some((head, body))
        };
        let Ok(Some((head, body))) = timeout(PATIENCE, answering).await else {
            return Answer::default();
        };
        for line in head.headers.get_all(SET_COOKIE) {
            self.keep(line.to_str().unwrap());
        }
        let header = |name| head.headers.get(name)?.to_str().ok();
        Answer {
            status: head.status.as_u16(),
            location: header(LOCATION).unwrap_or_default().to_owned(),
            has_retry_after: header(RETRY_AFTER).is_some(),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn keep(&mut self, line: &str) {
        let pair = line.split(';').next().unwrap_or_default();
        let Some((name, value)) = pair.split_once('=') else {
            return;
        };
        if line.contains("Max-Age=0") {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
