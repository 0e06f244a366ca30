//! The token answer, at a sign-in and at a refresh (rows P9 to P22).
//!
//! Another reader says what it grants. The machine must grant the same: no token that isn't one, no
//! life beyond 30 days, no scope by silence.

use fncy_login_core::{
    AfterRefresh, Begin, Exchange, Exchanged, ProviderAnswer, RefreshFailure, RefreshRequest,
    Secret, UserKnown,
};
use serde_json::{Map, Value};

use crate::app::{self, NOW, SIGNED};
use crate::bodies::{Session, texts};
use crate::input::Input;
use crate::json;
use crate::reply::set_cookies;
use crate::request::Request;
use crate::sealer::{OURS, SESSION, decode};
use crate::sign_in::{come_back, start};

const MONTH: u64 = 30 * 86_400;

/// A byte for the status, then the body.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let status = input.one_of(&[200, 201, 400, 401, 302, 429, 500, 503, 403, 408, 425]);
    let body = input.rest();
    describe(status, body);
    let granted = Granted::by(status, body);
    at_sign_in(status, body, granted.as_ref());
    at_refresh(status, body, granted.as_ref());
}

/// What an answer grants.
struct Granted {
    access_token: String,
    refresh_token: Option<String>,
    life: u64,
    /// Sorted, and each once.
    scopes: Option<Vec<String>>,
}

impl Granted {
    fn by(status: u16, body: &[u8]) -> Option<Self> {
        let object = json::object(body).filter(|_| (200..300).contains(&status))?;
        let is_bearer = match object.get("token_type") {
            None | Some(Value::Null) => true,
            Some(kind) => kind
                .as_str()
                .is_some_and(|kind| kind.to_lowercase() == "bearer"),
        };
        if says_error(&object) || !is_bearer {
            return None;
        }
        Some(Self {
            access_token: token(&object, "access_token")??,
            refresh_token: token(&object, "refresh_token")?,
            life: life(&object),
            scopes: scopes(&object),
        })
    }
}

/// Whether a success says that it is none.
fn says_error(object: &Map<String, Value>) -> bool {
    let is_alone = token(object, "access_token").flatten().is_none();
    match object.get("error") {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Bool(true)) => true,
        Some(Value::Number(number)) => number.as_f64().unwrap() != 0.0,
        Some(Value::String(text)) => text.as_str() != "",
        Some(Value::Array(_) | Value::Object(_)) => is_alone,
    }
}

/// What the log may have of an answer: little, and nothing that was sent.
fn describe(status: u16, body: &[u8]) {
    let answer = ProviderAnswer {
        status,
        retry_after: None,
        body: body.to_vec(),
        sent: vec![Secret::new("refresh".to_owned())],
    };
    if let Some(text) = answer.description() {
        assert!(text.len() <= 200 && text.chars().all(|c| (' '..='~').contains(&c)));
        assert!(!text.contains("refresh"), "{text}");
    }
}

/// A token, if there is one; none at all where what is there can't be one.
fn token(object: &Map<String, Value>, name: &str) -> Option<Option<String>> {
    match object.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => match value.as_str()? {
            "" => Some(None),
            text => {
                let is_visible = text.chars().all(|c| ('!'..='~').contains(&c));
                (is_visible && text.len() <= 16_384).then(|| Some(text.to_owned()))
            }
        },
    }
}

fn life(object: &Map<String, Value>) -> u64 {
    let seconds = match object.get("expires_in") {
        Some(Value::Number(number)) => match (number.as_u64(), number.as_f64()) {
            (Some(whole), _) => Some(whole),
            (None, Some(number)) => Some(number.floor().clamp(0.0, 1e9) as u64),
            (None, None) => None,
        },
        Some(Value::String(text)) => Some(text)
            .filter(|text| text.chars().all(|c| c.is_ascii_digit()))
            .and_then(|text| text.parse().ok()),
        _ => None,
    };
    seconds.unwrap_or(3_600).min(MONTH)
}

fn scopes(object: &Map<String, Value>) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = match object.get("scope")? {
        Value::Null => return None,
        Value::String(text) => text.split(' ').map(str::to_owned).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .flat_map(|item| item.split(' ').map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    };
    scopes.retain(|scope| {
        let is_letter = |c| ('!'..='~').contains(&c) && !['"', '\\'].contains(&c);
        !scope.is_empty() && scope.chars().all(is_letter)
    });
    scopes.sort();
    scopes.dedup();
    Some(scopes)
}

fn at_sign_in(status: u16, body: &[u8], granted: Option<&Granted>) {
    let started = start(&SIGNED, "/page");
    let mut shown = Vec::new();
    let reply = come_back(&SIGNED, &started, |exchange| match exchange {
        Exchange::Redeem(_) => app::response(status, body),
        Exchange::UserData { access_token } => {
            shown.push(access_token.expose().to_owned());
            app::response(200, r#"{"id":"alex"}"#)
        }
        _ => panic!("it asks {exchange:?}"),
    });
    let granted = granted.filter(|granted| granted.life > 0);
    let expected = granted.map(|granted| granted.access_token.clone());
    assert_eq!(shown, Vec::from_iter(expected));
    let session = set_cookies(&reply)
        .into_iter()
        .find_map(|line| line.strip_prefix(SESSION)?.strip_prefix('='));
    let (Some(granted), Some(session)) = (granted, session) else {
        assert!(granted.is_none() || reply.body.contains("session_too_large"));
        assert_eq!(session, None);
        return;
    };
    let session = readable(session);
    assert_eq!(session.texts[0], "alex");
    assert_eq!(u64::from(session.token_life), granted.life);
    assert_eq!(session.token_expires, NOW.as_unix() + granted.life);
    assert_eq!(session.can_refresh == 1, granted.refresh_token.is_some());
    let scopes = granted.scopes.clone().unwrap_or_default();
    assert_eq!(session.texts[3], scopes.join(" "));
}

/// The first segment of a signed session.
fn readable(value: &str) -> Session {
    let (text, _) = value.split_once('.').unwrap();
    let bytes = decode(text.as_bytes()).unwrap();
    Session::decode(&bytes[5..bytes.len() - 32]).unwrap()
}

fn at_refresh(status: u16, body: &[u8], granted: Option<&Granted>) {
    let machine = SIGNED.refresh_machine();
    let request = RefreshRequest {
        reads_user: false,
        ..refresh()
    };
    let judged = machine
        .exchange(request.into())
        .answered(app::response(status, body), NOW);
    let refreshed = match judged.0 {
        Exchanged::Known(UserKnown::Leave(refreshed)) => Ok(refreshed),
        Exchanged::Failed(failed) => Err(failed),
        _ => panic!("neither user data nor a hook is asked"),
    };
    let (Some(granted), Ok(refreshed)) = (granted, &refreshed) else {
        assert!(granted.is_none() && refreshed.is_err());
        let failed = refreshed.err().unwrap();
        let is_plain = failed.detail.chars().all(|c| (' '..='~').contains(&c));
        assert!(is_plain && failed.detail.len() < 300, "{}", failed.detail);
        return assert_failure(status, body, failed.failure);
    };
    let tokens = refreshed.tokens();
    assert_eq!(tokens.access_token(), granted.access_token);
    let kept = granted.refresh_token.as_deref().unwrap_or("refresh");
    let kept = Secret::new(kept.to_owned());
    assert_eq!(refreshed.key(), machine.key_of(&kept));
    assert_eq!(refreshed.generation(), 1);
    assert!(!refreshed.is_fresh(NOW.plus(granted.life)));
    assert_eq!(refreshed.is_fresh(NOW), granted.life > 0);
    assert_eq!(refreshed.was_stillborn(), granted.life == 0);
}

/// What a refresh asks for: that of a session whose access token has expired.
pub(crate) fn refresh() -> RefreshRequest {
    let session = Session {
        token_expires: NOW.as_unix(),
        ..Session::of("alex")
    };
    let user = OURS.session(&session.encode());
    let tokens = OURS.tokens(session.session_id, 0, &texts(&["access", "refresh"]));
    let request = Request::get("/page").header("cookie", format!("{SESSION}={user}.{tokens}"));
    let Begin::Refresh(refreshing) = app::begin(&SIGNED, &request, NOW) else {
        panic!("an expired access token needs a refresh")
    };
    let asked = RefreshRequest::clone(refreshing.request());
    let after = refreshing.failed(RefreshFailure::Unreadable, NOW);
    assert!(matches!(after, AfterRefresh::Reply(reply) if reply.status == 503));
    asked
}

/// Failures split three ways: only what the provider says of the token itself ends anything.
fn assert_failure(status: u16, body: &[u8], failure: RefreshFailure) {
    let object = json::object(body).unwrap_or_default();
    let is_refusal = match status {
        200..=299 => says_error(&object),
        300..=399 => false,
        _ => true,
    };
    if !is_refusal {
        return assert_eq!(failure, RefreshFailure::Unreadable);
    }
    let said = object.get("error").and_then(Value::as_str);
    match (status, said.unwrap_or_default()) {
        (408 | 425 | 429 | 500.., _) | (_, "temporarily_unavailable" | "server_error") => {
            let RefreshFailure::Unavailable { retry_after } = failure else {
                panic!("{failure:?}")
            };
            assert_eq!(retry_after, 1);
        }
        (_, "invalid_grant") => assert_eq!(failure, RefreshFailure::Refused),
        (_, "invalid_client" | "unauthorized_client" | "incorrect_client_credentials") => {
            assert_eq!(failure, RefreshFailure::Misconfigured);
        }
        (_, "invalid_client_id" | "bad_client_secret") => {
            assert_eq!(failure, RefreshFailure::Misconfigured);
        }
        _ => assert_eq!(failure, RefreshFailure::Declined),
    }
}
