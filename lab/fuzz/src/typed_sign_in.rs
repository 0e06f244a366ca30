//! A sign-in with options, as a handler starts it, for a person who is signed in or not.
//!
//! - Options that are sent are in the address as they were set, each once, beside those of the login.
//! - Options that are refused have a part that can't be sent.
//! - The transaction comes back: the code verifier fits the challenge, the person lands on the page that was asked for, and
//!   the session is kept if more scopes or a recent sign-in were asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use fncy_login_core::{Challenge, Exchange, Reply, ReturnTo, SignInOptions};
use ring::digest::{SHA256, digest};
use serde_json::json;
use url::Url;

use crate::app::{self, CLIENT_ID, NOW, ORIGIN, Outcome, PRIVATE};
use crate::bodies::{Session, texts};
use crate::input::Input;
use crate::jar::Jar;
use crate::reply::{set_cookies, values};
use crate::request::Request;
use crate::sealer::{OURS, SESSION, encode};
use crate::sign_in::{Started, come_back, started};

/// The parameters that have a method of their own.
const NAMED: [&str; 5] = ["login_hint", "max_age", "prompt", "scope", "ui_locales"];
/// The parameters that the login sets.
const OWN: [&str; 12] = [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "redirect_to",
    "redirect_uri",
    "redirect_url",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "state",
];

/// The options, as they are set here.
#[derive(Default)]
struct Asked {
    return_to: Option<String>,
    scopes: Vec<String>,
    max_age: Option<u64>,
    named: BTreeMap<&'static str, String>,
    params: BTreeMap<String, String>,
}

/// A byte for the person, then options: which, how long, the text. A byte from 128 on is a parameter's name.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let is_signed_in = input.byte() % 2 == 1;
    let (mut options, mut asked) = (SignInOptions::new(), Asked::default());
    while !input.is_empty() {
        options = asked.add(options, &mut input);
    }
    let request = Request::get("/page")
        .header("accept", "text/html")
        .header("sec-fetch-site", "same-origin");
    let before = Session::of("alex");
    let tokens = OURS.tokens(before.session_id, 0, &texts(&["access", "refresh"]));
    let session = format!("{SESSION}={}.{tokens}", OURS.session(&before.encode()));
    let request = if is_signed_in {
        request.header("cookie", &session)
    } else {
        request
    };
    let user = match app::settle(&PRIVATE, &request, NOW, |_| panic!("it asks")) {
        Outcome::Admit(admission) => admission.user,
        Outcome::Reply(_) => None,
    };
    assert_eq!(user.is_some(), is_signed_in);
    let start = PRIVATE
        .handling(&request)
        .start(&options, user.as_ref(), NOW);
    let refused = start.as_ref().err();
    assert_eq!(refused.is_none(), asked.can_be_sent(), "{refused:?}");
    let Ok(challenge) = start else { return };
    let Challenge::SignIn(start) = challenge else {
        panic!("a sign-in that was asked for does not start")
    };
    let address = asked.return_to.as_deref().unwrap_or("/page");
    let return_to = ReturnTo::parse(address, PRIVATE.site());
    assert_eq!(start.return_to().as_str(), return_to.as_str());
    let reply = start.redirect(NOW, Some(app::entropy(9)));
    let challenge = asked.assert_sent(&reply);
    let mut begun = started(&reply);
    // Another session than the one before.
    begun.seed = 77;
    if is_signed_in {
        let line = format!("{session}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=600");
        begun.jar.take(&line, NOW.as_unix());
    }
    let reply = sign_in(&begun, &challenge, &asked.scopes.join(" "));
    assert_eq!(values(&reply, "location"), [return_to.as_str()]);
    let keeps = is_signed_in && (asked.max_age.is_some() || !asked.scopes.is_empty());
    assert_eq!(session_of(&reply) == before.session_id, keeps);
}

impl Asked {
    fn add(&mut self, options: SignInOptions, input: &mut Input<'_>) -> SignInOptions {
        let kind = input.below(8);
        let text = word(input);
        match kind {
            0 => {
                self.return_to = Some(text.clone());
                options.return_to(text)
            }
            1 => {
                let words = text.split(' ').filter(|word| !word.is_empty());
                self.scopes.extend(words.map(str::to_owned));
                options.scope(text)
            }
            2 => {
                let age = text.len() as u64 * 100;
                self.max_age = Some(age);
                options.max_age(Duration::from_secs(age))
            }
            3 => options.prompt(self.name("prompt", text)),
            4 => options.login_hint(self.name("login_hint", text)),
            5 => options.ui_locales(self.name("ui_locales", text)),
            _ => {
                let value = word(input);
                self.params.insert(text.clone(), value.clone());
                options.param(text, value)
            }
        }
    }

    fn name(&mut self, name: &'static str, text: String) -> String {
        self.named.insert(name, text.clone());
        if text.is_empty() {
            self.named.remove(name);
        }
        text
    }

    /// Whether a server would take each of them for what it is, and no other one.
    fn can_be_sent(&self) -> bool {
        let is_free = |name: &String| {
            let lower = name.to_ascii_lowercase();
            let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
            let mut taken = NAMED.iter().chain(&OWN);
            // No later parameter of these families can be taken for one of the login's.
            let families = ["redirect_", "request", "code_challenge"];
            !name.is_empty()
                && name.chars().all(is_letter)
                && !taken.any(|taken| *taken == lower)
                && !families.iter().any(|family| lower.starts_with(family))
        };
        let is_scope = |scope: &String| {
            let mut chars = scope.chars();
            chars.all(|c| ('!'..='~').contains(&c) && c != '"' && c != '\\')
        };
        let scopes: usize = self.scopes.iter().map(|scope| scope.len() + 1).sum();
        let named = self
            .named
            .iter()
            .map(|(name, value)| name.len() + value.len());
        let params = self
            .params
            .iter()
            .map(|(name, value)| name.len() + value.len());
        self.params.keys().all(is_free)
            && self.scopes.iter().all(is_scope)
            && scopes <= 512
            && named.chain(params).sum::<usize>() <= 2_048
    }

    /// Asserts the address, and returns its code challenge.
    fn assert_sent(&self, reply: &Reply) -> String {
        let location = Url::parse(values(reply, "location")[0]).unwrap();
        let mut sent = BTreeMap::new();
        for (name, value) in location.query_pairs().into_owned() {
            assert!(!sent.contains_key(&name), "{name} is there twice");
            sent.insert(name, value);
        }
        let challenge = sent.remove("code_challenge").unwrap();
        assert_eq!(sent.remove("state").unwrap().len(), 43);
        let callback = format!("{ORIGIN}/auth/callback");
        let own = [
            ("client_id", CLIENT_ID),
            ("code_challenge_method", "S256"),
            ("redirect_uri", &callback),
            ("redirect_url", &callback),
            ("response_type", "code"),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let named = self.named.iter().map(|(name, value)| {
            let words = value.split(' ').filter(|word| !word.is_empty());
            let words = words.collect::<Vec<_>>().join(" ");
            let value = if *name == "prompt" {
                words
            } else {
                value.clone()
            };
            ((*name).to_owned(), value)
        });
        let mut expected: BTreeMap<_, _> = own.into_iter().chain(named).collect();
        expected.extend(self.params.clone());
        let max_age = self
            .max_age
            .map(|age| ("max_age".to_owned(), age.to_string()));
        expected.extend(max_age);
        let mut scopes = self.scopes.clone();
        scopes.sort_unstable();
        scopes.dedup();
        if !scopes.is_empty() {
            expected.insert("scope".to_owned(), scopes.join(" "));
        }
        assert_eq!(sent, expected);
        challenge
    }
}

/// The person signs in, as alex, and grants these scopes.
fn sign_in(begun: &Started, challenge: &str, scopes: &str) -> Reply {
    let tokens = json!({ "access_token": "a", "token_type": "bearer", "scope": scopes });
    come_back(&PRIVATE, begun, |exchange| match exchange {
        Exchange::Redeem(redeem) => {
            let verifier = redeem.verifier.as_ref().unwrap().expose();
            let hash = digest(&SHA256, verifier.as_bytes());
            assert_eq!(encode(hash.as_ref()), challenge);
            app::response(200, tokens.to_string())
        }
        _ => app::response(200, r#"{"id":"alex"}"#),
    })
}

/// The session of a reply's cookies.
fn session_of(reply: &Reply) -> [u8; 16] {
    let mut jar = Jar::default();
    for line in set_cookies(reply) {
        jar.take(line, NOW.as_unix());
    }
    let request = Request::get("/page").header("cookie", jar.header(NOW.as_unix()));
    match app::settle(&PRIVATE, &request, NOW, |_| panic!("it asks")) {
        Outcome::Admit(admission) => *admission.user.unwrap().session().id().as_bytes(),
        Outcome::Reply(reply) => panic!("a new session is not admitted: {reply:?}"),
    }
}

/// A text of up to 63 bytes. Bytes from 128 on are parameters' names.
fn word(input: &mut Input<'_>) -> String {
    let length = input.below(64);
    let bytes = (0..length).map(|_| input.byte());
    let words = bytes.map(|byte| match byte.checked_sub(128) {
        None => char::from(byte).to_string(),
        Some(number) => {
            let names = [&NAMED[..], &OWN].concat();
            names[usize::from(number) % names.len()].to_owned()
        }
    });
    words.collect()
}
