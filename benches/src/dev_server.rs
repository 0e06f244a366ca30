//! The development server in a process of its own, so that its memory isn't counted with the login's,
//! and a person who is signed in at it.

use std::env;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use bytes::Bytes;
use fncy_dev_server::{DevServer, Endpoint, Fault};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{COOKIE, LOCATION, SET_COOKIE};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What the process is started with.
pub const COMMAND: &str = "dev-server";

/// How far away it is: requests that are answered at once are never many at a time.
const LATENCY: Duration = Duration::from_millis(5);

/// What the process does: it says its settings, then its counts for each line that it is sent.
pub fn serve() {
    let server = DevServer::start().unwrap();
    server.fault(Endpoint::Token, Fault::delay(LATENCY));
    let mut out = std::io::stdout();
    for (name, value) in server.environment() {
        writeln!(out, "{name}={value}").unwrap();
    }
    writeln!(out).unwrap();
    for _ in std::io::stdin().lines() {
        let requests = server.request_count(Endpoint::Token);
        let at_once = server.most_at_once(Endpoint::Token);
        writeln!(out, "{requests} {at_once}").unwrap();
    }
}

/// The process, which ends with this.
pub struct DevServerProcess {
    child: Child,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// The settings for a login.
    pub vars: Vec<(String, String)>,
}

/// The token requests so far.
pub struct Counts {
    /// How many there were.
    pub requests: usize,
    /// The most that were worked on at the same time.
    pub at_once: usize,
}

impl DevServerProcess {
    /// Starts it.
    pub fn start() -> Self {
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .arg(COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut lines = BufReader::new(stdout).lines();
        let settings = lines
            .by_ref()
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty());
        let vars = settings
            .map(|line| {
                let (name, value) = line.split_once('=').unwrap();
                (name.to_owned(), value.to_owned())
            })
            .collect();
        Self {
            child,
            stdin,
            lines,
            vars,
        }
    }

    /// What it has counted.
    pub fn counts(&mut self) -> Counts {
        writeln!(self.stdin).unwrap();
        let line = self.lines.next().unwrap().unwrap();
        let (requests, at_once) = line.split_once(' ').unwrap();
        Counts {
            requests: requests.parse().unwrap(),
            at_once: at_once.parse().unwrap(),
        }
    }
}

impl Drop for DevServerProcess {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Somebody who is signed in at the development server, and has allowed the application all it asks for.
pub struct Person {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    cookie: String,
}

impl Person {
    /// Connects, and signs in with the first authorization request.
    pub async fn sign_in(authorize: &str) -> Self {
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
        let next = person.submit("/sign-in", page, "user=alex").await;
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

/// The authority of an http address, and what is behind it.
fn split(address: &str) -> (&str, &str) {
    let rest = address.strip_prefix("http://").unwrap();
    rest.split_at(rest.find('/').unwrap())
}
