//! The development server in a process of its own, so that its memory isn't counted with the login's,
//! and people who are signed in at it.

use std::time::Duration;

use bytes::Bytes;
use fncy_dev_server::{DemoUser, DevServer, Endpoint, Fault};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{COOKIE, LOCATION, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::subprocess::{Subprocess, answer};

/// What the process is started with, beside how many users it has and how long tokens live.
pub const COMMAND: &str = "dev-server";

/// How far away it is: requests that are answered at once are never many at a time.
const LATENCY: Duration = Duration::from_millis(5);

/// What the process does.
pub fn serve(users: usize, token_life: u64) {
    let users = (0..users).map(|number| DemoUser::new(user(number), "Alex Example"));
    let server = DevServer::builder()
        .users(users.collect())
        .access_token_lifetime(Duration::from_secs(token_life))
        .start()
        .unwrap();
    server.fault(Endpoint::Token, Fault::delay(LATENCY));
    answer(server.environment(), || {
        [
            server.request_count(Endpoint::Token),
            server.peak_requests(Endpoint::Token),
        ]
    });
}

/// The id of a user.
pub fn user(number: usize) -> String {
    format!("u-{number}")
}

/// The process, which ends with this.
pub struct DevServerProcess(Subprocess);

/// The token requests so far.
pub struct Counts {
    /// How many there were.
    pub requests: u64,
    /// The most that were worked on at the same time.
    pub at_once: u64,
}

impl DevServerProcess {
    /// Starts it.
    pub fn start(users: usize, token_life: u64) -> Self {
        let arguments = [COMMAND, &users.to_string(), &token_life.to_string()];
        Self(Subprocess::start(&arguments, &[]))
    }

    /// The settings for a login.
    pub fn vars(&self) -> Vec<(String, String)> {
        self.0.greeting.clone()
    }

    /// What it has counted.
    pub fn counts(&mut self) -> Counts {
        let [requests, at_once] = self.0.ask();
        Counts { requests, at_once }
    }
}

/// A person who is signed in at the development server, and has allowed the application all it asks for.
pub struct Person {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
}

impl Person {
    /// Connects, and signs in as a user with the first authorization request.
    pub async fn sign_in(authorize: &str, user: &str) -> Self {
        let (authority, target) = split(authorize);
        let stream = TcpStream::connect(authority).await.unwrap();
        let (sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let mut person = Self {
            sender,
            host: authority.to_owned(),
            cookie: String::new(),
        };
        let page = person.send(Method::GET, target, String::new()).await;
        let next = person
            .submit("/sign-in", page, &format!("user={user}"))
            .await;
        // Only the first of all is asked.
        if next.status() == StatusCode::OK {
            person.submit("/consent", next, "decision=allow").await;
        }
        person
    }

    /// Where an authorization request leads: back to the application.
    pub async fn authorize(&mut self, authorize: &str) -> String {
        let answer = self
            .send(Method::GET, split(authorize).1, String::new())
            .await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        answer.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    async fn submit(
        &mut self,
        path: &str,
        page: Response<String>,
        choice: &str,
    ) -> Response<String> {
        let (_, token) = page.body().split_once("name=\"token\" value=\"").unwrap();
        let (token, _) = token.split_once('"').unwrap();
        let answer = self
            .send(Method::POST, path, format!("token={token}&{choice}"))
            .await;
        match answer
            .headers()
            .get(LOCATION)
            .map(|line| line.to_str().unwrap())
        {
            Some(next) if next.starts_with('/') => {
                let next = next.to_owned();
                self.send(Method::GET, &next, String::new()).await
            }
            _ => answer,
        }
    }

    async fn send(&mut self, method: Method, target: &str, body: String) -> Response<String> {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", &self.host)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(COOKIE, &self.cookie)
            .body(Full::from(body))
            .unwrap();
        self.sender.ready().await.unwrap();
        let (head, body) = self
            .sender
            .send_request(request)
            .await
            .unwrap()
            .into_parts();
        if let Some(line) = head.headers.get(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next();
            pair.unwrap().clone_into(&mut self.cookie);
        }
        let body = body.collect().await.unwrap().to_bytes();
        Response::from_parts(head, String::from_utf8(body.to_vec()).unwrap())
    }
}

/// The authority of an http address, and the rest.
fn split(address: &str) -> (&str, &str) {
    let rest = address.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}
