//! Two browsers, an application on the bare driver, a provider, and a clock for all of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fncy_login::adapter::{Decision, Reply, Verdict};
use fncy_login::clock::Clock;
use fncy_login::{Login, Timestamp, User};

use super::model::Model;
use super::provider::{Mode, Provider, SECRET_MARK, USERS};
use crate::app::{NOW, ORIGIN};
use crate::jar::Jar;
use crate::reply::{AUTHORIZE_URL, assert_cookie, assert_sane, set_cookies, values};
use crate::request::Request;
use crate::sealer::{SESSION, login_name};

/// How far the clock goes at once, in seconds: round the borders of all lifetimes.
const STEPS: [u64; 12] = [
    1, 29, 60, 61, 600, 3_599, 3_601, 8_641, 86_399, 86_401, 604_799, 604_801,
];

pub(super) struct World {
    login: Login,
    clock: Arc<Shown>,
    pub(super) provider: Provider,
    model: Model,
    browsers: [Browser; 2],
}

#[derive(Default)]
struct Browser {
    jar: Jar,
    copy: Jar,
    /// States of logins under way, the newest last.
    states: Vec<String>,
    last: Option<Callback>,
}

/// Where a provider sends a browser back to.
#[derive(Clone)]
pub(super) struct Callback {
    state: String,
    target: String,
    user: &'static str,
}

/// What the clock shows.
struct Shown(AtomicU64);

impl Clock for Shown {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::Relaxed))
    }
}

/// What became of a request.
enum Seen {
    Admitted(Option<User>, Vec<String>),
    Replied(Reply),
}

impl World {
    pub(super) fn new() -> Self {
        let clock = Arc::new(Shown(AtomicU64::new(NOW.as_unix())));
        let provider = Provider::start(NOW.as_unix());
        let base = format!("http://127.0.0.1:{}", provider.port);
        let vars = [
            ("FNCY_BASE_URL", base.clone()),
            ("FNCY_CLIENT_ID", "client".to_owned()),
            ("FNCY_CLIENT_SECRET", format!("{SECRET_MARK} of the client")),
            ("FNCY_REDIRECT_URI", format!("{ORIGIN}/auth/callback")),
            ("FNCY_USERINFO_URL", format!("{base}/me")),
            ("FNCY_AUTHORIZE_URL", AUTHORIZE_URL.to_owned()),
            ("FNCY_REVOCATION_URL", format!("{base}/revoke")),
            (
                "FNCY_COOKIE_SECRET",
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=".to_owned(),
            ),
        ];
        let login = Login::builder()
            .env_from(vars)
            .public_path("/public")
            .clock(Arc::clone(&clock))
            .build()
            .unwrap();
        Self {
            login,
            clock,
            provider,
            model: Model::default(),
            browsers: Default::default(),
        }
    }

    /// Lets time pass for all, and for what the driver remembers.
    pub(super) async fn wait(&mut self, choice: usize) {
        let seconds = STEPS[choice % STEPS.len()];
        self.clock.0.fetch_add(seconds, Ordering::Relaxed);
        self.provider.set_time(self.now());
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(seconds)).await;
        tokio::time::resume();
    }

    /// A person opens a page.
    pub(super) async fn open(&mut self, browser: usize, path: &str) {
        let request = self.request(browser, "GET", path);
        let (sent, seen) = (
            self.value(browser),
            self.send(request.header("accept", "text/html")).await,
        );
        self.judge(browser, sent.as_deref(), path, seen);
    }

    /// The same page in two tabs at once.
    pub(super) async fn open_twice(&mut self, browser: usize) {
        let request = || {
            self.request(browser, "GET", "/page")
                .header("accept", "text/html")
        };
        let sent = self.value(browser);
        let (first, second) = tokio::join!(self.send(request()), self.send(request()));
        self.judge(browser, sent.as_deref(), "/page", first);
        self.judge(browser, sent.as_deref(), "/page", second);
    }

    /// A script asks.
    pub(super) async fn ask(&mut self, browser: usize, path: &str) {
        let request = self.request(browser, "GET", path);
        let (sent, seen) = (self.value(browser), self.send(request).await);
        self.judge(browser, sent.as_deref(), path, seen);
    }

    /// A person begins to sign in, whether or not they are signed in.
    pub(super) async fn start(&mut self, browser: usize) {
        self.open(browser, "/auth/login?return_to=/page").await;
    }

    /// A person approved the newest sign-in of this browser.
    pub(super) fn approved(&self, browser: usize, user: usize) -> Option<Callback> {
        let state = self.browsers[browser].states.last()?;
        let code = self.provider.approve(user);
        Some(Callback {
            state: state.clone(),
            target: format!("/auth/callback?code={code}&state={state}"),
            user: USERS[user],
        })
    }

    pub(super) async fn come_back(&mut self, browser: usize, callback: Option<Callback>) {
        let Some(callback) = callback else { return };
        let request = self.request(browser, "GET", &callback.target);
        let (sent, seen) = (self.browsers[browser].jar.clone(), self.send(request).await);
        self.judge_callback(browser, &sent, &callback, seen).await;
        self.browsers[browser].last = Some(callback);
    }

    pub(super) async fn come_back_again(&mut self, browser: usize) {
        let last = self.browsers[browser].last.clone();
        self.come_back(browser, last).await;
    }

    /// A double click.
    pub(super) async fn come_back_twice(&mut self, browser: usize, user: usize) {
        let Some(callback) = self.approved(browser, user) else {
            return;
        };
        let request = || self.request(browser, "GET", &callback.target);
        let sent = self.browsers[browser].jar.clone();
        let (first, second) = tokio::join!(self.send(request()), self.send(request()));
        let first = self.judge_callback(browser, &sent, &callback, first).await;
        let second = self.judge_callback(browser, &sent, &callback, second).await;
        assert_eq!(first, second, "C23: both get the same session");
        self.browsers[browser].last = Some(callback);
    }

    pub(super) async fn sign_out(&mut self, browser: usize) {
        let request = self
            .request(browser, "POST", "/auth/logout")
            .header("origin", ORIGIN);
        let before = self.value(browser);
        let Seen::Replied(reply) = self.send(request).await else {
            panic!("a sign-out is admitted")
        };
        self.take_reply(browser, &reply);
        self.model.ended(before.as_deref());
        assert_eq!(reply.status, 303);
        assert_eq!(self.value(browser), None, "a sign-out leaves a session");
    }

    pub(super) fn keep_copy(&mut self, browser: usize) {
        self.browsers[browser].copy = self.browsers[browser].jar.clone();
    }

    pub(super) fn restore_copy(&mut self, browser: usize) {
        self.browsers[browser].jar = self.browsers[browser].copy.clone();
    }

    /// This browser gets all that the other one has.
    pub(super) fn steal(&mut self, browser: usize) {
        self.browsers[browser].jar = self.browsers[1 - browser].jar.clone();
    }

    fn now(&self) -> u64 {
        self.clock.now().as_unix()
    }

    /// The session's cookie, if the browser has one.
    fn value(&self, browser: usize) -> Option<String> {
        let pairs = self.browsers[browser].jar.pairs(self.now());
        let session = pairs.into_iter().find(|(name, _)| name == SESSION);
        session.map(|(_, value)| value)
    }

    fn request(&self, browser: usize, method: &'static str, target: &str) -> Request {
        let cookies = self.browsers[browser].jar.header(self.now());
        Request::new(method, target).header("cookie", cookies)
    }

    async fn send(&self, request: Request) -> Seen {
        let verdict = match self.login.decide(&request, None) {
            Decision::Pass => panic!("nobody has seen this request"),
            Decision::Now(verdict) => verdict,
            Decision::Later(verdict) => verdict.await,
        };
        match verdict {
            Verdict::Reply(reply) => Seen::Replied(*reply),
            Verdict::Admit { context, patch } => {
                let changes = patch.header_changes(false);
                let is_private = changes.cache_control == Some("private, no-store");
                assert!(is_private || changes.cookies.is_empty());
                Seen::Admitted(context.user().cloned(), changes.cookies)
            }
        }
    }

    /// Looks at an answer to a request that had this session's cookie.
    fn judge(&mut self, browser: usize, sent: Option<&str>, path: &str, seen: Seen) {
        let now = self.now();
        let must_admit = self
            .model
            .must_admit(sent, now, self.provider.was_always_well());
        match seen {
            Seen::Admitted(None, cookies) => {
                assert_eq!((path, cookies.as_slice()), ("/public", &[][..]));
            }
            Seen::Admitted(Some(user), cookies) => {
                self.model.admitted(sent, &user, now);
                cookies.iter().for_each(|line| assert_cookie(line));
                if let Some(new) = self.take(browser, &cookies) {
                    let generation = Some(user.session().generation());
                    self.model.replaced(sent, &new, generation);
                }
            }
            Seen::Replied(reply) => {
                let needs_user = path == "/page" || path == "/api";
                assert!(
                    !(needs_user && must_admit),
                    "a session is lost: {}",
                    reply.status
                );
                if let Some(new) = self.take_reply(browser, &reply) {
                    assert_eq!(reply.status, 503, "a session is set in passing");
                    self.model.replaced(sent, &new, None);
                }
            }
        }
    }

    /// Looks at an answer to a callback that had these cookies: the session that it gives.
    async fn judge_callback(
        &mut self,
        browser: usize,
        sent: &Jar,
        callback: &Callback,
        seen: Seen,
    ) -> Option<String> {
        let Seen::Replied(reply) = seen else {
            panic!("a callback is admitted")
        };
        let sent = sent.pairs(self.now());
        let cookie = |wanted: &str| sent.iter().find(|(name, _)| name == wanted);
        let new = self.take_reply(browser, &reply)?;
        let own = cookie(&login_name(&callback.state));
        assert!(own.is_some(), "C3: signed in by somebody else's login");
        assert_eq!(values(&reply, "location"), ["/page"]);
        let probe = Request::get("/public").header("cookie", format!("{SESSION}={new}"));
        let Seen::Admitted(user, _) = self.send(probe).await else {
            panic!("a public path is not admitted")
        };
        let Some(user) = user else {
            // An answer that is given again within two seconds, after the session has ended.
            assert!(self.model.has_ended(&new), "a new session is none");
            return Some(new);
        };
        let expected = self.provider.shown(callback.user);
        let is_usual = !matches!(self.provider.mode(), Mode::ShortLife | Mode::NoLife);
        if self
            .model
            .signed_in(&new, &user, expected, self.now(), is_usual)
        {
            self.model
                .ended(cookie(SESSION).map(|(_, value)| value.as_str()));
        }
        Some(new)
    }

    /// Takes what a reply sets, and looks at what it says: the session that it gives.
    fn take_reply(&mut self, browser: usize, reply: &Reply) -> Option<String> {
        assert_sane(reply);
        assert!(!reply.body.contains("internal"), "{}", reply.body);
        assert!(!reply.body.contains(SECRET_MARK), "{}", reply.body);
        let headers = reply
            .headers
            .iter()
            .filter(|(name, _)| name != "set-cookie");
        for (name, value) in headers {
            assert!(!value.contains(SECRET_MARK), "{name}: {value}");
        }
        for location in values(reply, "location") {
            let query = location.split_once('?').map_or("", |(_, query)| query);
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            if let Some((_, state)) = pairs.find(|(name, _)| name == "state") {
                self.browsers[browser].states.push(state.into_owned());
            }
        }
        self.take(browser, &set_cookies(reply))
    }

    /// Takes cookies: the session that is among them.
    fn take<L: AsRef<str>>(&mut self, browser: usize, lines: &[L]) -> Option<String> {
        let now = self.now();
        let lines = lines.iter().map(AsRef::as_ref);
        lines
            .clone()
            .for_each(|line| self.browsers[browser].jar.take(line, now));
        let values = lines.filter_map(|line| line.strip_prefix(SESSION)?.strip_prefix('='));
        let mut values = values.filter_map(|line| line.split(';').next());
        values.find(|value| !value.is_empty()).map(str::to_owned)
    }
}
