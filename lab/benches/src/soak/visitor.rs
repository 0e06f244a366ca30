//! A visitor with a browser, who knows what each answer must be.
//!
//! Rules: every answer must name the visitor's own user. A visitor who is signed in stays so, and waits only if the answer
//! says how long. A visitor who is not signed in is never named.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Empty};
use hyper::header::{ACCEPT, COOKIE, HeaderName, LOCATION, RETRY_AFTER, SET_COOKIE};
use hyper::{HeaderMap, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, sleep};

use super::site::{PROTECTED, PUBLIC};
use super::tally::{Kind, Tally};
use crate::dev_server::Person;

const SCRIPT: &str = "*/*";
const PERSON: &str = "text/html";
const TABS: usize = 4;
/// The shortest time between two requests of a visitor.
const PAUSE: Duration = Duration::from_millis(20);
/// How many requests are made before the mix begins again.
const MIX: usize = 12;
/// Before the session's value.
const SESSION: &str = "_session=";
/// The key id and the nonce of a sealed text come first; this is in what they seal.
const FORGED_AT: usize = 40;

/// What all visitors of a site know.
pub(super) struct Address {
    /// The site's origin.
    pub(super) origin: String,
    /// Its provider's.
    pub(super) provider: String,
    /// What they make of it.
    pub(super) tally: Tally,
}

type Browser = Client<HttpConnector, Empty<Bytes>>;

/// One of many.
pub(super) struct Visitor {
    site: Arc<Address>,
    browser: Browser,
    id: String,
    jar: BTreeMap<String, String>,
    /// The `Cookie` header before the last change.
    before: String,
    asked: usize,
}

impl Visitor {
    /// Signs in.
    pub(super) async fn sign_in(site: Arc<Address>, id: String) -> Self {
        let mut visitor = Self {
            site,
            browser: browser(),
            id,
            jar: BTreeMap::new(),
            before: String::new(),
            asked: 0,
        };
        let start = visitor.visit(PROTECTED).await;
        let authorize = start.headers()[LOCATION].to_str().unwrap().to_owned();
        let mut person = Person::sign_in(&authorize, &visitor.id).await;
        let callback = person.authorize(&authorize).await;
        let callback = callback.strip_prefix(&visitor.site.origin).unwrap();
        let arrived = visitor.visit(callback).await;
        assert_eq!(arrived.headers()[LOCATION], PROTECTED);
        visitor.before = visitor.cookies();
        visitor
    }

    async fn get(&self, target: &str, accept: &str, cookies: &str) -> Option<Response<String>> {
        let request = Request::get(format!("{}{target}", self.site.origin))
            .header(ACCEPT, accept)
            .header(COOKIE, cookies)
            .body(Empty::new())
            .unwrap();
        let (head, body) = self.browser.request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Some(Response::from_parts(head, body))
    }

    async fn visit(&mut self, target: &str) -> Response<String> {
        let answer = self.get(target, PERSON, &self.cookies()).await.unwrap();
        self.keep(answer.headers());
        answer
    }

    /// The `Cookie` header.
    pub(super) fn cookies(&self) -> String {
        let pairs = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// Asks in all ways, in turns, until it is time to stop.
    pub(super) async fn browse_until(mut self, end: Instant) -> Self {
        while Instant::now() < end {
            self.asked += 1;
            match self.asked % MIX {
                0 => self.ask_in_tabs().await,
                1 => {
                    let cookies = self.before.clone();
                    self.ask(Kind::Late, &cookies).await;
                }
                2 => self.ask(Kind::Public, &self.cookies()).await,
                3 => self.ask(Kind::Anonymous, "").await,
                4 => self.ask(Kind::Navigation, "").await,
                5 => self.ask(Kind::Forged, &self.forged()).await,
                _ => self.ask(Kind::SignedIn, &self.cookies()).await,
            }
            sleep(PAUSE).await;
        }
        self.browser = browser();
        self
    }

    /// Asks until the user is named, or the time is over: no visitor may have to sign in again.
    pub(super) async fn is_signed_in_by(&mut self, end: Instant) -> bool {
        let is_signed_in = self.is_named_by(end).await;
        self.browser = browser();
        is_signed_in
    }

    async fn is_named_by(&mut self, end: Instant) -> bool {
        while Instant::now() < end {
            let answer = self.get(PROTECTED, SCRIPT, &self.cookies()).await;
            if let Some(answer) = answer {
                self.keep(answer.headers());
                match answer.status().as_u16() {
                    200 => return *answer.body() == self.id,
                    503 => {}
                    _ => return false,
                }
            }
            sleep(PAUSE).await;
        }
        false
    }

    async fn ask_in_tabs(&mut self) {
        let cookies = self.cookies();
        let answers = join_all((0..TABS).map(|_| self.answer(Kind::Tabs, &cookies))).await;
        for headers in answers.into_iter().flatten() {
            self.keep(&headers);
        }
    }

    async fn ask(&mut self, kind: Kind, cookies: &str) {
        let answer = self.answer(kind, cookies).await;
        if let (Kind::SignedIn | Kind::Late, Some(headers)) = (kind, answer) {
            self.keep(&headers);
        }
    }

    /// The head of an answer, which is judged.
    async fn answer(&self, kind: Kind, cookies: &str) -> Option<HeaderMap> {
        let (target, accept) = match kind {
            Kind::Public => (PUBLIC, SCRIPT),
            Kind::Navigation => (PROTECTED, PERSON),
            _ => (PROTECTED, SCRIPT),
        };
        let tally = &self.site.tally;
        let Some(answer) = self.get(target, accept, cookies).await else {
            tally.wrong(format!("{kind}: {} got no answer", self.id));
            return None;
        };
        let status = answer.status().as_u16();
        tally.count(kind, status);
        if !self.is_right(kind, &answer) {
            let body: String = answer.body().chars().take(80).collect();
            tally.wrong(format!("{kind}: {} got {status}, {body}", self.id));
        }
        Some(answer.into_parts().0.headers)
    }

    fn is_right(&self, kind: Kind, answer: &Response<String>) -> bool {
        let header = |name: HeaderName| answer.headers().get(name)?.to_str().ok();
        match (kind, answer.status().as_u16()) {
            (Kind::SignedIn | Kind::Tabs | Kind::Late | Kind::Public, 200) => {
                *answer.body() == self.id
            }
            (Kind::SignedIn | Kind::Tabs | Kind::Late, 503) => {
                header(RETRY_AFTER).is_some_and(|seconds| seconds.parse::<u64>().is_ok())
            }
            (Kind::Anonymous | Kind::Forged, 401) => !answer.body().contains(&self.id),
            (Kind::Navigation, 303) => {
                header(LOCATION).is_some_and(|address| address.starts_with(&self.site.provider))
            }
            _ => false,
        }
    }

    fn forged(&self) -> String {
        let cookies = self.cookies();
        let at = cookies.find(SESSION).unwrap() + SESSION.len() + FORGED_AT;
        let other = if cookies.as_bytes()[at] == b'A' {
            "B"
        } else {
            "A"
        };
        format!("{}{other}{}", &cookies[..at], &cookies[at + 1..])
    }

    fn keep(&mut self, headers: &HeaderMap) {
        let before = self.cookies();
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        if self.cookies() != before {
            self.before = before;
        }
    }
}

/// One without connections. A server closes those that it has kept for five seconds.
fn browser() -> Browser {
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(2))
        .build_http()
}
