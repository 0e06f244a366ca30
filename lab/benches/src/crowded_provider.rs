//! A provider whose slowness and failures are set, and people who use it.
//!
//! Rules: a code and a token name their user; a code or a token without a user is refused, as late as a token request is
//! answered; the user data come at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fncy_login::adapter::{Decision, Head, HeaderChanges, Reply, Verdict};
use fncy_login::{Login, LoginBuilder, Setting};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use url::Url;

use crate::sample::{Get, SECRET, set};

/// What the provider says instead of tokens.
#[derive(Clone, Copy)]
pub struct Refusal {
    /// The status.
    pub status: u16,
    /// The error code, if any.
    pub error: &'static str,
    /// `Retry-After`, where it is not zero.
    pub retry_after: u64,
}

/// The provider. Clones are the same.
#[derive(Clone)]
pub struct CrowdedProvider {
    address: std::net::SocketAddr,
    answers: Arc<Answers>,
    serving: Arc<Mutex<Option<JoinHandle<()>>>>,
}

struct Answers {
    delay: Mutex<Duration>,
    token_life: u64,
    issued: AtomicU64,
    refused: Mutex<HashMap<String, Refusal>>,
}

impl CrowdedProvider {
    /// One that takes so long for each token request. Its access tokens live so long, in seconds.
    pub async fn start(delay: Duration, token_life: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self {
            address: listener.local_addr().unwrap(),
            answers: Arc::new(Answers {
                delay: Mutex::new(delay),
                token_life,
                issued: AtomicU64::new(0),
                refused: Mutex::default(),
            }),
            serving: Arc::default(),
        };
        provider.serve(listener);
        provider
    }

    fn serve(&self, listener: TcpListener) {
        let router = Router::new()
            .route("/v1/oauth2/token", post(token))
            .route("/user", get(user))
            .with_state(Arc::clone(&self.answers));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        *self.serving.lock().unwrap() = Some(serving);
    }

    /// From now on a token request takes so long.
    pub fn set_delay(&self, delay: Duration) {
        *self.answers.delay.lock().unwrap() = delay;
    }

    /// From now on no connection can be made.
    pub fn stop(&self) {
        if let Some(serving) = self.serving.lock().unwrap().take() {
            serving.abort();
        }
    }

    /// It listens again, where it did.
    pub async fn listen_again(&self) {
        self.serve(TcpListener::bind(self.address).await.unwrap());
    }

    /// From now on a user's tokens are refused so.
    pub fn refuse(&self, user: &str, refusal: Refusal) {
        let mut refused = self.answers.refused.lock().unwrap();
        refused.insert(user.to_owned(), refusal);
    }

    /// A login at this provider.
    pub fn login(&self, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> Login {
        let base = format!("http://{}", self.address);
        let builder = Login::builder()
            .set(Setting::UserinfoUrl, format!("{base}/user"))
            .set(Setting::BaseUrl, base)
            .set(Setting::ClientId, "client")
            .set(Setting::ClientSecret, "secret")
            .set(Setting::RedirectUri, "https://app.example/auth/callback")
            .set(Setting::CookieSecret, SECRET);
        change(builder).build().unwrap()
    }
}

async fn token(State(answers): State<Arc<Answers>>, Json(request): Json<Value>) -> Response {
    let delay = *answers.delay.lock().unwrap();
    sleep(delay).await;
    let proof = request["code"]
        .as_str()
        .or(request["refresh_token"].as_str());
    let user = proof
        .unwrap_or_default()
        .split('.')
        .next()
        .unwrap_or_default();
    if !user.starts_with("u-") {
        let error = Json(json!({ "error": "invalid_grant" }));
        return (StatusCode::BAD_REQUEST, error).into_response();
    }
    if let Some(refusal) = answers.refused.lock().unwrap().get(user) {
        let status = StatusCode::from_u16(refusal.status).unwrap();
        let mut response = (status, Json(json!({ "error": refusal.error }))).into_response();
        if refusal.retry_after > 0 {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, refusal.retry_after.into());
        }
        return response;
    }
    let number = answers.issued.fetch_add(1, Ordering::Relaxed);
    Json(json!({
        "access_token": format!("{user}.a{number}"),
        "token_type": "Bearer",
        "expires_in": answers.token_life,
        "refresh_token": format!("{user}.r{number}"),
    }))
    .into_response()
}

async fn user(State(answers): State<Arc<Answers>>, headers: HeaderMap) -> Response {
    let bearer = headers[header::AUTHORIZATION].to_str().unwrap();
    let token = &bearer["Bearer ".len()..];
    match token.split_once('.') {
        Some((user, _)) => Json(json!({ "id": user })).into_response(),
        None => {
            let delay = *answers.delay.lock().unwrap();
            sleep(delay).await;
            StatusCode::UNAUTHORIZED.into_response()
        }
    }
}

/// A GET that comes from an address, by a proxy's word.
pub struct From {
    get: Get,
    address: String,
}

impl From {
    /// One of a page, or of a callback with its query.
    pub fn new(address: &str, get: Get) -> Self {
        let address = address.to_owned();
        Self { get, address }
    }
}

impl Head for From {
    fn method(&self) -> &str {
        self.get.method()
    }

    fn path(&self) -> &str {
        self.get.path()
    }

    fn query(&self) -> Option<&str> {
        self.get.query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let address = (name == "x-real-ip").then_some(self.address.as_bytes());
        self.get.lines(name).chain(address)
    }
}

/// What a request comes to: its status, and what the browser has from then on.
pub async fn ask(login: &Login, head: &impl Head) -> (u16, Option<String>) {
    let verdict = match login.decide(head, None) {
        Decision::Later(verdict) => verdict.await,
        Decision::Now(verdict) => verdict,
        Decision::Pass => unreachable!("no context came before"),
    };
    match verdict {
        Verdict::Reply(reply) => (reply.status, cookies_of(&reply)),
        Verdict::Admit { patch, .. } => {
            let HeaderChanges { cookies, .. } = patch.header_changes(false);
            let cookies = (!cookies.is_empty()).then(|| set(cookies.iter().map(String::as_str)));
            (200, cookies)
        }
    }
}

fn cookies_of(reply: &Reply) -> Option<String> {
    let lines = reply.headers.iter();
    let lines = lines.filter(|(name, _)| name == "set-cookie");
    let cookies = set(lines.map(|(_, line)| &**line));
    (!cookies.is_empty()).then_some(cookies)
}

/// A callback with this code, of a transaction that its browser has just started.
pub fn callback(login: &Login, address: &str, code: &str) -> From {
    let head = From::new(address, Get::page(""));
    let Decision::Now(Verdict::Reply(reply)) = login.decide(&head, None) else {
        unreachable!("nobody is signed in");
    };
    let mut headers = reply.headers.iter();
    let (_, location) = headers.find(|(name, _)| name == "location").unwrap();
    let location = Url::parse(location).unwrap();
    let state = location.query_pairs().find(|(name, _)| name == "state");
    let query = format!("code={code}&state={}", state.unwrap().1);
    let cookies = cookies_of(&reply).unwrap();
    From::new(address, Get::at("/auth/callback", &query, cookies))
}
