//! A visitor with a browser, who knows what each answer must be.
//!
//! Rules: every answer must name the visitor's own user. A visitor who is signed in stays so, and waits only if the answer
//! says how long. A visitor who is not signed in is never named. After a sign-out, the old cookies name no user.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt as _, Empty};
use hyper::header::{ACCEPT, COOKIE, HOST, HeaderName, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{Instant, sleep, timeout};

use super::periods::Asked;
use super::place::Place;
use super::site::{NOBODY, PROTECTED, PUBLIC};
use super::tally::Kind;

const SCRIPT: &str = "*/*";
const PERSON: &str = "text/html";
const SIGN_OUT: &str = "/auth/logout";
const TABS: usize = 4;
/// The shortest time between two requests of a visitor.
const PAUSE: Duration = Duration::from_millis(250);
/// How many requests are made before the mix begins again.
const MIX: usize = 13;
/// A visitor signs out after so many requests, if no incident is near.
const UNTIL_SIGN_OUT: usize = 500;
/// An instance reads the revocation list every second. After 4.5 s it waits for the store.
const SIGN_OUT_HOLDS: Duration = Duration::from_secs(5);
/// The driver's deadline is 15 s.
const DEADLINE: Duration = Duration::from_secs(16);
/// A visitor gives up after this.
const PATIENCE: Duration = Duration::from_secs(20);
/// A visitor who doesn't succeed within this has no way to sign in.
const UNTIL_SIGNED_IN: Duration = Duration::from_secs(90);
/// Older cookies are outdated a minute after newer ones were shown.
const OUTDATED: Duration = Duration::from_secs(50);
/// Before the session's value.
const SESSION: &str = "_session=";
/// The key id and the nonce of a sealed text come first; this is in what they seal.
const FORGED_AT: usize = 40;

type Browser = Client<HttpConnector, Empty<Bytes>>;

/// One of many.
pub(super) struct Visitor {
    place: Arc<Place>,
    browser: Browser,
    id: String,
    jar: BTreeMap<String, String>,
    /// The `Cookie` header before the last change, and when that was.
    before: (String, Instant),
    /// The `Cookie` header at the last sign-out.
    signed_out: Option<(String, Instant)>,
    asked: usize,
}

/// An answer, or none, and what it means.
struct Heard {
    asked: Asked,
    headers: HeaderMap,
    /// It names no user, although the cookies are good.
    is_unknown: bool,
}

impl Visitor {
    /// Signs in.
    pub(super) async fn sign_in(place: Arc<Place>, id: String) -> Self {
        let mut visitor = Self {
            place,
            browser: browser(),
            id,
            jar: BTreeMap::new(),
            before: (String::new(), Instant::now()),
            signed_out: None,
            asked: 0,
        };
        visitor.sign_in_again().await;
        visitor
    }

    /// Tries until it succeeds.
    async fn sign_in_again(&mut self) {
        let end = Instant::now() + UNTIL_SIGNED_IN;
        let mut last = None;
        while Instant::now() < end {
            self.jar.clear();
            match self.start_sign_in().await {
                Ok(()) => {
                    self.before = (self.cookies(), Instant::now());
                    return;
                }
                Err(answer) => last = answer,
            }
            sleep(PAUSE).await;
        }
        let what = format!("{} could not sign in: {last:?}", self.id);
        self.place.tally.wrong(what);
    }

    /// Signs in, or returns the answer that stopped it.
    async fn start_sign_in(&mut self) -> Result<(), Option<Response<String>>> {
        let start = self.visit(Method::GET, PROTECTED).await.ok_or(None)?;
        let location = start.headers().get(LOCATION);
        let authorize = location.and_then(|line| line.to_str().ok()).unwrap_or("");
        let Ok(callback) = self.place.provider.approve(authorize, &self.id) else {
            return Err(Some(start));
        };
        let callback = callback.strip_prefix(&self.place.origin).unwrap();
        let arrived = self.visit(Method::GET, callback).await.ok_or(None)?;
        match arrived.headers().get(LOCATION) {
            Some(target) if target == PROTECTED => Ok(()),
            _ => Err(Some(arrived)),
        }
    }

    /// Asks one of the instances. The number of the instance, and its answer.
    async fn send(
        &self,
        method: Method,
        target: &str,
        accept: &str,
        cookies: &str,
    ) -> (usize, Option<Response<String>>) {
        let (number, address) = self.place.proxy.pick();
        let (_, host) = self.place.origin.split_once("//").unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("{address}{target}"))
            .header(HOST, host)
            .header(ORIGIN, &self.place.origin)
            .header(ACCEPT, accept)
            .header(COOKIE, cookies)
            .body(Empty::new())
            .unwrap();
        let answering = async {
            let (head, body) = self.browser.request(request).await.ok()?.into_parts();
            let body = body.collect().await.ok()?.to_bytes();
            let body = String::from_utf8_lossy(&body).into_owned();
            Some(Response::from_parts(head, body))
        };
        let answer = timeout(PATIENCE, answering).await.ok().flatten();
        (number, answer)
    }

    /// A request of a person, whose cookies are kept.
    async fn visit(&mut self, method: Method, target: &str) -> Option<Response<String>> {
        let (_, answer) = self.send(method, target, PERSON, &self.cookies()).await;
        self.keep(answer.as_ref()?.headers());
        answer
    }

    fn cookies(&self) -> String {
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
                1 if self.before.1.elapsed() < OUTDATED => {
                    let cookies = self.before.0.clone();
                    self.ask(Kind::Late, &cookies).await;
                }
                2 => self.ask(Kind::Public, &self.cookies()).await,
                3 => self.ask(Kind::Anonymous, "").await,
                4 => self.ask(Kind::Navigation, "").await,
                5 => self.ask(Kind::Forged, &self.forged()).await,
                6 => self.ask_signed_out().await,
                _ => self.ask(Kind::SignedIn, &self.cookies()).await,
            }
            sleep(PAUSE).await;
            if self.asked.is_multiple_of(UNTIL_SIGN_OUT) && self.place.periods.are_over() {
                self.sign_out().await;
            }
        }
        self.browser = browser();
        self
    }

    /// Asks until the user is named, or the time is over.
    pub(super) async fn is_signed_in_by(&mut self, end: Instant) -> bool {
        let is_signed_in = self.is_named_by(end).await;
        self.browser = browser();
        is_signed_in
    }

    async fn is_named_by(&mut self, end: Instant) -> bool {
        while Instant::now() < end {
            let cookies = self.cookies();
            if let (_, Some(answer)) = self.send(Method::GET, PROTECTED, SCRIPT, &cookies).await {
                self.keep(answer.headers());
                match answer.status().as_u16() {
                    200 => return *answer.body() == self.id,
                    401 => return false,
                    // The login has not decided: a 503, or a server that did not read the request in time.
                    _ => {}
                }
            }
            sleep(PAUSE).await;
        }
        false
    }

    async fn sign_out(&mut self) {
        let cookies = self.cookies();
        let answer = self.visit(Method::POST, SIGN_OUT).await;
        if answer.is_some_and(|answer| answer.status().is_success()) {
            self.signed_out = Some((cookies, Instant::now()));
        }
        self.sign_in_again().await;
    }

    async fn ask_signed_out(&mut self) {
        if let Some((cookies, since)) = &self.signed_out
            && since.elapsed() > SIGN_OUT_HOLDS
        {
            self.answer(Kind::SignedOut, cookies).await;
        }
    }

    async fn ask_in_tabs(&mut self) {
        let cookies = self.cookies();
        let heard = join_all((0..TABS).map(|_| self.answer(Kind::Tabs, &cookies))).await;
        for heard in &heard {
            self.keep(&heard.headers);
        }
        if let Some(unknown) = heard.into_iter().find(|heard| heard.is_unknown) {
            self.asks_why(Kind::Tabs, &unknown).await;
        }
    }

    async fn ask(&mut self, kind: Kind, cookies: &str) {
        let heard = self.answer(kind, cookies).await;
        if matches!(kind, Kind::SignedIn | Kind::Late) {
            self.keep(&heard.headers);
        }
        if heard.is_unknown {
            self.asks_why(kind, &heard).await;
        }
    }

    /// Either the session is lost, and the visitor signs in again; or the answer was wrong, unless the store was down.
    async fn asks_why(&mut self, kind: Kind, heard: &Heard) {
        let place = Arc::clone(&self.place);
        let Place { periods, tally, .. } = &*place;
        if self.is_named_by(Instant::now() + UNTIL_SIGNED_IN).await {
            let is_excused = matches!(kind, Kind::Late | Kind::Public)
                && periods.may_forget_old_cookies(heard.asked);
            if !is_excused {
                tally.wrong(format!("{kind}: {} was not named", self.id));
            }
            return;
        }
        periods.lost(heard.asked);
        tally.lost();
        self.sign_in_again().await;
    }

    /// An answer, which is judged.
    async fn answer(&self, kind: Kind, cookies: &str) -> Heard {
        let (target, accept) = match kind {
            Kind::Public => (PUBLIC, SCRIPT),
            Kind::Navigation => (PROTECTED, PERSON),
            _ => (PROTECTED, SCRIPT),
        };
        let at = Instant::now();
        let (number, answer) = self.send(Method::GET, target, accept, cookies).await;
        let asked = Asked {
            at,
            answered: Instant::now(),
        };
        let Place {
            proxy,
            periods,
            tally,
            ..
        } = &*self.place;
        let took = asked.answered - at;
        let was_away = proxy.was_away(number, at, asked.answered);
        let Some(answer) = answer else {
            tally.count(kind, 0, took);
            periods.unanswered(asked);
            if !was_away {
                tally.wrong(format!("{kind}: {} got no answer of {number}", self.id));
            }
            return Heard {
                asked,
                headers: HeaderMap::new(),
                is_unknown: false,
            };
        };
        let status = answer.status().as_u16();
        tally.count(kind, status, took);
        let is_unknown = is_unknown(kind, &answer);
        if took > DEADLINE && !was_away {
            let seconds = took.as_secs_f64();
            tally.wrong(format!(
                "{kind}: {} got {status} after {seconds:.1} s",
                self.id
            ));
        }
        if !is_unknown && !self.is_right(kind, &answer, asked) {
            let body: String = answer.body().chars().take(80).collect();
            tally.wrong(format!(
                "{kind}: {} got {status} of {number}, {body}",
                self.id
            ));
        }
        Heard {
            asked,
            headers: answer.into_parts().0.headers,
            is_unknown,
        }
    }

    fn is_right(&self, kind: Kind, answer: &Response<String>, asked: Asked) -> bool {
        let header = |name: HeaderName| answer.headers().get(name)?.to_str().ok();
        match (kind, answer.status().as_u16()) {
            (Kind::SignedIn | Kind::Tabs | Kind::Late | Kind::Public, 200) => {
                *answer.body() == self.id
            }
            (_, 503) => {
                let says_when =
                    header(RETRY_AFTER).is_some_and(|seconds| seconds.parse::<u64>().is_ok());
                let needs_provider = matches!(kind, Kind::SignedIn | Kind::Tabs | Kind::Late);
                says_when && self.place.periods.excuse_later(asked, needs_provider)
            }
            (Kind::Anonymous | Kind::Forged | Kind::SignedOut, 401) => {
                !answer.body().contains(&self.id)
            }
            (Kind::Navigation, 303) => header(LOCATION)
                .is_some_and(|address| address.starts_with(self.place.provider.base_url())),
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
            self.before = (before, Instant::now());
        }
    }
}

/// Whether an answer to good cookies names no user.
fn is_unknown(kind: Kind, answer: &Response<String>) -> bool {
    match kind {
        Kind::SignedIn | Kind::Tabs | Kind::Late => answer.status() == 401,
        Kind::Public => answer.status() == 200 && answer.body() == NOBODY,
        _ => false,
    }
}

/// One without connections. A server closes those that it has kept for five seconds.
fn browser() -> Browser {
    Client::builder(TokioExecutor::new())
        .pool_idle_timeout(Duration::from_secs(2))
        .build_http()
}
