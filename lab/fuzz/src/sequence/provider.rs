//! A provider on loopback: it answers as its mode says, and keeps a record of what it was asked.
//!
//! What it blames a client for: a code that is redeemed twice; a refresh token that was exchanged and is
//! sent again while its outcome must still be known; one that was refused and is sent again within the hour.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const USERS: [&str; 2] = ["alex", "bora"];
/// What every secret begins with, and no text that is drawn.
pub(crate) const SECRET_MARK: &str = "zq9~";

/// The outcome of an exchange is known at least this long, confirmed or not. Seconds.
const KEPT: u64 = 60;
/// A refused token is not asked for again. Seconds.
const REFUSED: u64 = 60 * 60;

/// How the provider answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Well,
    Refuses,
    Down,
    Busy,
    Nonsense,
    NoRefreshToken,
    OtherUser,
    ShortLife,
    NoLife,
    RefusesClient,
}

impl Mode {
    const ALL: [Self; 10] = [
        Self::Well,
        Self::Refuses,
        Self::Down,
        Self::Busy,
        Self::Nonsense,
        Self::NoRefreshToken,
        Self::OtherUser,
        Self::ShortLife,
        Self::NoLife,
        Self::RefusesClient,
    ];

    pub(crate) fn numbered(number: usize) -> Self {
        Self::ALL[number % Self::ALL.len()]
    }
}

/// The provider. Clones are the same.
#[derive(Clone)]
pub(crate) struct Provider {
    pub(crate) port: u16,
    book: Arc<Mutex<Book>>,
}

struct Book {
    mode: Mode,
    was_ever_unwell: bool,
    blame: Option<&'static str>,
    now: u64,
    issued: u32,
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, RefreshToken>,
    access_tokens: HashMap<String, &'static str>,
}

struct Code {
    user: &'static str,
    is_redeemed: bool,
}

struct RefreshToken {
    user: &'static str,
    exchanged: Option<u64>,
    refused: Option<u64>,
}

impl Provider {
    /// Listens as long as the runtime lives.
    pub(crate) fn start(now: u64) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let provider = Self {
            port: listener.local_addr().unwrap().port(),
            book: Arc::new(Mutex::new(Book {
                mode: Mode::Well,
                was_ever_unwell: false,
                blame: None,
                now,
                issued: 0,
                codes: HashMap::new(),
                refresh_tokens: HashMap::new(),
                access_tokens: HashMap::new(),
            })),
        };
        let listener = TcpListener::from_std(listener).unwrap();
        let accepting = provider.clone();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(accepting.clone().serve(connection));
            }
        });
        provider
    }

    pub(crate) fn set_mode(&self, mode: Mode) {
        let mut book = self.book();
        book.mode = mode;
        book.was_ever_unwell |= mode != Mode::Well;
    }

    /// The user that somebody turns out to be who said yes as this one.
    pub(crate) fn shown(&self, user: &'static str) -> &'static str {
        self.book().shown(user)
    }

    pub(crate) fn mode(&self) -> Mode {
        self.book().mode
    }

    pub(crate) fn set_time(&self, now: u64) {
        self.book().now = now;
    }

    /// Whether it has always answered as it should.
    pub(crate) fn was_always_well(&self) -> bool {
        !self.book().was_ever_unwell
    }

    pub(crate) fn blame(&self) -> Option<&'static str> {
        self.book().blame
    }

    /// A code for a person who approved.
    pub(crate) fn approve(&self, user: usize) -> String {
        let mut book = self.book();
        let code = book.secret("code");
        let granted = Code {
            user: USERS[user],
            is_redeemed: false,
        };
        book.codes.insert(code.clone(), granted);
        code
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    async fn serve(self, mut connection: TcpStream) {
        let mut request = Vec::new();
        let (head, body) = loop {
            if let Some(whole) = whole(&request) {
                break whole;
            }
            if connection.read_buf(&mut request).await.unwrap_or_default() == 0 {
                return;
            }
        };
        let (status, body) = self.book().answer(&head, &body);
        let answer = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        drop(connection.write_all(answer.as_bytes()).await);
    }
}

/// Head and body of a request, when all of it is there.
fn whole(request: &[u8]) -> Option<(String, String)> {
    let text = std::str::from_utf8(request).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = length.map_or(0, |(_, length)| length.parse().unwrap());
    (body.len() >= length).then(|| (head.to_owned(), body.to_owned()))
}

impl Book {
    fn secret(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{SECRET_MARK}-{kind}-{}", self.issued)
    }

    fn answer(&mut self, head: &str, body: &str) -> (u16, String) {
        if head.starts_with("GET /me ") {
            return self.user_data(head);
        }
        if head.starts_with("POST /revoke ") {
            return (200, String::new());
        }
        let request: Value = serde_json::from_str(body).unwrap();
        match request["grant_type"].as_str().unwrap() {
            "authorization_code" => self.redeem(request["code"].as_str().unwrap()),
            _ => self.refresh(request["refresh_token"].as_str().unwrap()),
        }
    }

    fn redeem(&mut self, code: &str) -> (u16, String) {
        let code = self.codes.get_mut(code).expect("the code was given out");
        if code.is_redeemed {
            self.blame = Some("a code is redeemed twice");
        }
        code.is_redeemed = true;
        let user = code.user;
        self.trouble().unwrap_or_else(|| self.grant(user))
    }

    fn refresh(&mut self, token: &str) -> (u16, String) {
        let (now, trouble) = (self.now, self.trouble());
        let known = self.refresh_tokens.get_mut(token);
        let known = known.expect("the refresh token was given out");
        if known.refused.is_some_and(|at| now < at + REFUSED) {
            self.blame = Some("a refused token is sent again");
        }
        if let Some(at) = known.exchanged {
            if now < at + KEPT {
                self.blame = Some("a refresh token is exchanged twice");
            }
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        match trouble {
            Some(trouble) => {
                if self.mode == Mode::Refuses {
                    known.refused = Some(now);
                }
                trouble
            }
            None if self.mode == Mode::NoRefreshToken => {
                let user = known.user;
                self.grant(user)
            }
            None => {
                known.exchanged = Some(now);
                let user = known.user;
                self.grant(user)
            }
        }
    }

    /// What comes instead of tokens.
    fn trouble(&self) -> Option<(u16, String)> {
        let (status, body) = match self.mode {
            Mode::Refuses => (400, r#"{"error":"invalid_grant"}"#),
            Mode::Down => (500, "<html>"),
            Mode::Busy => (429, ""),
            Mode::Nonsense => (200, "<html>"),
            Mode::RefusesClient => (401, r#"{"error":"invalid_client"}"#),
            _ => return None,
        };
        Some((status, body.to_owned()))
    }

    fn grant(&mut self, user: &'static str) -> (u16, String) {
        let access_token = self.secret("access");
        self.access_tokens.insert(access_token.clone(), user);
        let life = match self.mode {
            Mode::ShortLife => 60,
            Mode::NoLife => 0,
            _ => 3600,
        };
        let mut answer = json!({
            "access_token": access_token,
            "token_type": "bearer",
            "expires_in": life,
        });
        if self.mode != Mode::NoRefreshToken {
            let refresh_token = self.secret("refresh");
            answer["refresh_token"] = refresh_token.clone().into();
            let fresh = RefreshToken {
                user,
                exchanged: None,
                refused: None,
            };
            self.refresh_tokens.insert(refresh_token, fresh);
        }
        (200, answer.to_string())
    }

    fn user_data(&self, head: &str) -> (u16, String) {
        let bearer = |line: &str| {
            let (name, value) = line.split_once(": ")?;
            let token = value.strip_prefix("Bearer ")?;
            name.eq_ignore_ascii_case("authorization")
                .then(|| token.to_owned())
        };
        let token = head.lines().find_map(bearer).unwrap();
        let user = self.access_tokens[&token];
        (200, json!({ "id": self.shown(user) }).to_string())
    }

    fn shown(&self, user: &'static str) -> &'static str {
        let [alex, bora] = USERS;
        let other = if user == alex { bora } else { alex };
        if self.mode == Mode::OtherUser {
            other
        } else {
            user
        }
    }
}
