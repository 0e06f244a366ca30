//! The user data (row P33): who a person is, by any answer that a provider may give.
//!
//! Another reader says who the person is. The machine must name the same user, or no user; and a refresh whose user data
//! are another user's ends the session.

use fncy_login_core::{Exchange, Exchanged, RefreshFailure, RefreshRequest, UserReadAgain};
use serde_json::{Map, Value};

use crate::app::{self, NOW, Outcome, PRIVATE, SIGNED};
use crate::input::Input;
use crate::jar::Jar;
use crate::json;
use crate::reply::{set_cookies, values};
use crate::request::Request;
use crate::sealer::SESSION;
use crate::sign_in::{come_back, start};
use crate::token_answer::refresh;

/// A byte for the status, then the body.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let status = input.one_of(&[200, 206, 401, 403, 302, 429, 500, 503]);
    let body = input.rest();
    let person = Person::in_body(status, body);
    at_sign_in(status, body, person.as_ref());
    at_refresh(status, body, person.as_ref());
}

/// Whom a body names.
struct Person {
    id: String,
    name: Option<String>,
    email: Option<String>,
    roles: Option<Value>,
}

impl Person {
    fn in_body(status: u16, body: &[u8]) -> Option<Self> {
        let object = json::object(body).filter(|_| (200..300).contains(&status))?;
        let text = |name: &str| plain(object.get(name)?);
        let name = text("name").map(|mut name| {
            while name.len() > 200 {
                name.pop();
            }
            name
        });
        Some(Self {
            id: id(&object, &["sub", "id"])?,
            name,
            email: text("email").filter(|email| email.len() <= 254),
            // As it was kept: a number may lose its last digit as text.
            roles: object
                .get("roles")
                .map(|roles| roles.to_string().parse().unwrap()),
        })
    }
}

/// The id in the first of these members.
pub(crate) fn id(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    let mut found = names.iter().filter_map(|name| object.get(*name));
    match found.find(|value| !value.is_null())? {
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        text => plain(text).filter(|id| id.len() <= 255),
    }
}

/// A text that is there, and has nothing in it that can't be seen in a log.
fn plain(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
}

fn at_sign_in(status: u16, body: &[u8], person: Option<&Person>) {
    let started = start(&PRIVATE, "/page");
    let reply = come_back(&PRIVATE, &started, |exchange| match exchange {
        Exchange::Redeem(_) => app::response(200, r#"{"access_token":"a","token_type":"bearer"}"#),
        Exchange::UserData { .. } => app::response(status, body),
        _ => panic!("it asks {exchange:?}"),
    });
    let mut jar = Jar::default();
    let lines = set_cookies(&reply);
    for line in lines.iter().filter(|line| line.starts_with(SESSION)) {
        jar.take(line, NOW.as_unix());
    }
    let cookies = jar.header(NOW.as_unix());
    if cookies.is_empty() {
        let is_too_large = reply.body.contains("session_too_large");
        assert!(person.is_none() || is_too_large, "{}", reply.status);
        return;
    }
    assert_eq!(values(&reply, "location"), ["/page"]);
    let request = Request::get("/page").header("cookie", cookies);
    let outcome = app::settle(&PRIVATE, &request, NOW, |_| panic!("it asks"));
    let Outcome::Admit(admission) = outcome else {
        panic!("a new session is not admitted")
    };
    let (user, person) = (admission.user.unwrap(), person.unwrap());
    assert_eq!(user.id(), person.id);
    assert_eq!(user.name(), person.name.as_deref());
    assert_eq!(user.email(), person.email.as_deref());
    assert_eq!(user.claim::<Value>("roles"), person.roles);
}

/// The session that is refreshed is alex's.
fn at_refresh(status: u16, body: &[u8], person: Option<&Person>) {
    let request = RefreshRequest {
        reads_user: true,
        ..refresh()
    };
    let exchanging = SIGNED.refresh_machine().exchange(request.into());
    let answer = app::response(200, r#"{"access_token":"b","token_type":"bearer"}"#);
    let (Exchanged::ReadUser(reading), _) = exchanging.answered(answer, NOW) else {
        panic!("the user data is due")
    };
    match (person, reading.answered(app::response(status, body), NOW)) {
        (Some(person), UserReadAgain::Known(_)) => assert_eq!(person.id, "alex"),
        (None, UserReadAgain::Unread(..)) => {}
        (None, UserReadAgain::Known(_)) => panic!("no user is in the answer"),
        (Some(_), UserReadAgain::Unread(..)) => panic!("a user is in the answer"),
        (person, UserReadAgain::End(ended)) => {
            assert_eq!(ended.failure, RefreshFailure::OtherUser);
            assert_ne!(person.unwrap().id, "alex");
        }
    }
}
