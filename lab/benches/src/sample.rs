//! The session of all measurements: a user id of 16 characters, a name of 12, an email of 24, an access token of 900 or
//! as many as are asked for, and a refresh token of 64.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use fncy_login::adapter::{Decision, Head, Reply, Verdict};
use fncy_login::clock::Clock;
use fncy_login::{Login, LoginBuilder, Setting, Timestamp};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

/// Who is signed in.
pub const USER_ID: &str = "u-0123456789abcd";
/// Their name.
pub const NAME: &str = "Alex Example";
/// Their address.
pub const EMAIL: &str = "alex.example@example.com";
/// Characters of the access token.
pub const TOKEN_LEN: usize = 900;
/// Characters of the refresh token.
pub const REFRESH_TOKEN_LEN: usize = 64;
/// Signs and encrypts all cookies here.
pub const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=";
/// What a session takes at twelve other parties of a page: analytics, consent, a shop's basket.
pub const TWELVE_MORE: &str = "_ga=GA1.2.1234567890.1700000000; _gid=GA1.2.987654321.1700000000; \
    theme=dark; locale=ko-KR; consent=v2.1.1.0.1; ab=bucket-17; basket=8f14e45fceea167a5a36dedd4bea2543; \
    csrf=c9f0f895fb98ab9159f51fd0297e236d; utm=newsletter; seen=1,2,3,5,8,13,21; tz=Asia%2FSeoul; \
    last=1700000000";

/// Where a [`HandClock`] begins: 2030-01-01.
const START: u64 = 1_893_456_000;
/// A new session is looked at twice for two minutes, since its browser may bind it to its device.
const UNTIL_SETTLED: u64 = 3 * 60;
/// Longer than any session, so that only those sessions are refreshed that are meant to be.
const LONG: u64 = 30 * 24 * 60 * 60;

/// A provider that answers at once, and logins that ask it.
pub struct Provider {
    base: String,
    answered: Arc<Answered>,
    /// The clock of all its logins that have none of their own.
    clock: Arc<HandClock>,
}

/// What a [`Provider`] has answered.
#[derive(Default)]
struct Answered {
    tokens: AtomicU64,
    /// How long its access tokens live, in seconds.
    token_life: AtomicU64,
}

impl Provider {
    /// Listens on loopback, in a task of the current runtime.
    pub async fn start() -> Self {
        let answered = Arc::new(Answered::default());
        answered.token_life.store(LONG, Ordering::Relaxed);
        let router = Router::new()
            .route("/v1/oauth2/token", post(token))
            .route("/user", get(user))
            .with_state(Arc::clone(&answered));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            base,
            answered,
            clock: HandClock::at_start(),
        }
    }

    /// From now on access tokens live so long, in seconds.
    pub fn set_token_life(&self, seconds: u64) {
        self.answered.token_life.store(seconds, Ordering::Relaxed);
    }

    /// How many token requests it has answered.
    pub fn tokens_issued(&self) -> u64 {
        self.answered.tokens.load(Ordering::Relaxed)
    }

    /// Makes all sessions as old as most sessions are.
    pub fn age_sessions(&self) {
        self.clock.advance(UNTIL_SETTLED);
    }

    /// A login whose time stands still.
    pub fn login(&self, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> Login {
        let builder = Login::builder()
            .set(Setting::BaseUrl, &self.base)
            .set(Setting::ClientId, "client")
            .set(Setting::ClientSecret, "secret")
            .set(Setting::RedirectUri, "https://app.example/auth/callback")
            .set(Setting::UserinfoUrl, format!("{}/user", self.base))
            .set(Setting::CookieSecret, SECRET)
            .clock(Arc::clone(&self.clock));
        change(builder).build().unwrap()
    }
}

async fn token(State(answered): State<Arc<Answered>>, Json(request): Json<Value>) -> Json<Value> {
    let number = answered.tokens.fetch_add(1, Ordering::Relaxed);
    let length = request["code"]
        .as_str()
        .and_then(|code| code.split('-').next()?.parse().ok());
    let access_token = "a".repeat(length.unwrap_or(TOKEN_LEN));
    Json(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": answered.token_life.load(Ordering::Relaxed),
        "refresh_token": format!("{number:0>REFRESH_TOKEN_LEN$}"),
    }))
}

async fn user() -> Json<Value> {
    Json(json!({ "id": USER_ID, "name": NAME, "email": EMAIL }))
}

/// A clock that is moved by hand.
pub struct HandClock(AtomicU64);

impl HandClock {
    /// One that shows the beginning.
    pub fn at_start() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(START)))
    }

    /// Moves it on, in seconds.
    pub fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.0.load(Ordering::Relaxed))
    }
}

/// A GET, as a browser sends it.
#[derive(Clone, Default)]
pub struct Get {
    path: String,
    query: Option<String>,
    accept: &'static [u8],
    cookies: Vec<u8>,
    authorization: Vec<u8>,
}

impl Get {
    /// Of the page that everything here asks for.
    pub fn page(cookies: impl Into<Vec<u8>>) -> Self {
        Self {
            path: "/".to_owned(),
            query: None,
            accept: b"text/html",
            cookies: cookies.into(),
            authorization: Vec::new(),
        }
    }

    /// Of a program that shows a bearer token.
    pub fn with_token(token: &str) -> Self {
        Self {
            authorization: format!("Bearer {token}").into_bytes(),
            ..Self::by_script("")
        }
    }

    /// Of the same address, by a script.
    pub fn by_script(cookies: impl Into<Vec<u8>>) -> Self {
        Self {
            accept: b"application/json",
            ..Self::page(cookies)
        }
    }

    /// The same at a path.
    pub fn below(self, path: &str) -> Self {
        let path = path.to_owned();
        Self { path, ..self }
    }

    /// Of another address.
    pub fn at(path: &str, query: &str, cookies: String) -> Self {
        Self {
            path: path.to_owned(),
            query: Some(query.to_owned()),
            ..Self::page(cookies)
        }
    }
}

impl Head for Get {
    fn method(&self) -> &str {
        "GET"
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let line: Option<&[u8]> = match name {
            "cookie" if !self.cookies.is_empty() => Some(&self.cookies),
            "accept" => Some(self.accept),
            "authorization" if !self.authorization.is_empty() => Some(&self.authorization),
            _ => None,
        };
        line.into_iter()
    }
}

/// Signs a person in, and returns their `Cookie` header.
pub async fn sign_in(login: &Login, token_len: usize) -> String {
    cookies_after(login, &callback(login, token_len).await).await
}

/// The callback of a sign-in that has just begun.
pub async fn callback(login: &Login, token_len: usize) -> Get {
    let (address, own) = start(login).await;
    let address = Url::parse(&address).unwrap();
    let state = address.query_pairs().find(|(name, _)| name == "state");
    let (_, state) = state.unwrap();
    let query = format!("code={token_len}-{state}&state={state}");
    Get::at("/auth/callback", &query, own)
}

/// Starts a login: the address at the provider, and the cookies that it goes on with.
pub async fn start(login: &Login) -> (String, String) {
    let reply = reply(login, &Get::page("")).await;
    let address = header(&reply, "location").next().unwrap();
    (address.to_owned(), cookies(&reply))
}

/// The cookies that a browser has after a request that is answered here.
pub async fn cookies_after(login: &Login, head: &Get) -> String {
    cookies(&reply(login, head).await)
}

/// The reply to a request that is answered here.
pub async fn reply<H: Head>(login: &Login, head: &H) -> Reply {
    let verdict = match login.decide(head, None) {
        Decision::Later(verdict) => verdict.await,
        Decision::Now(verdict) => verdict,
        Decision::Pass => unreachable!("no context came before"),
    };
    match verdict {
        Verdict::Reply(reply) => *reply,
        Verdict::Admit { .. } => unreachable!("nobody is signed in"),
    }
}

/// The lines of a header.
pub fn header<'a>(reply: &'a Reply, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = reply.headers.iter().filter(move |(found, _)| found == name);
    lines.map(|(_, value)| &**value)
}

/// What a browser sends back after a reply: of cookies, those that aren't removed.
pub fn cookies(reply: &Reply) -> String {
    set(header(reply, "set-cookie"))
}

/// What a browser sends back after these `Set-Cookie` lines.
pub fn set<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let pairs = lines
        .filter(|line| !line.contains("Max-Age=0"))
        .filter_map(|line| line.split(';').next());
    pairs.collect::<Vec<_>>().join("; ")
}
