//! What FNCY says of a bearer token: an introspection, the claims of a JWT, or user data.
//!
//! Another judge reads the same answer. A token is accepted by both or by neither, and as the same user.

use fncy_login_core::{TokenPolicy, TokenSource, UserPointers};
use serde_json::{Map, Value};

use crate::app::{self, NOW, PRIVATE};
use crate::input::Input;
use crate::{json, user_data};

const ISSUER: &str = "https://fncy.example";
const DAY: f64 = 86_400.0;

/// A byte for the source, one for the status, one for what is accepted, then the body.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let source = match input.below(3) {
        0 => TokenSource::Introspection,
        1 => TokenSource::UserData,
        _ => TokenSource::Jwt {
            issuer: ISSUER.to_owned(),
        },
    };
    let status = input.one_of(&[200, 204, 302, 401, 413, 500]);
    let choice = input.byte();
    let body = &input.rest()[..input.rest().len().min(4_096)];
    let named = |bit: u8, name: &str| {
        let names = (choice & bit != 0).then(|| name.to_owned());
        Vec::from_iter(names)
    };
    let is_sub = choice & 4 != 0;
    let policy = TokenPolicy {
        source: source.clone(),
        clients: named(1, "app"),
        audiences: named(2, "api"),
        client: if choice & 8 != 0 {
            "/a/0"
        } else {
            "/client_id"
        }
        .to_owned(),
        user: UserPointers::new(is_sub.then_some("/sub"), None, None).unwrap(),
    };
    let machine = PRIVATE.bearer_machine();
    let object = json::object(body);
    let judged = if let TokenSource::Jwt { .. } = source {
        let Some(members) = object.clone() else {
            return;
        };
        machine.judged(&policy, "token", members, NOW)
    } else {
        machine.answered(&policy, "token", app::response(status, body), NOW)
    };
    let is_answer = matches!(source, TokenSource::Jwt { .. }) || (200..300).contains(&status);
    let object = object.filter(|_| is_answer);
    let expected = object.and_then(|object| Judge(&object).user(&policy));
    let judged = judged.ok();
    assert_eq!(judged.as_ref().map(|user| user.id().to_owned()), expected);
    if let Some(user) = judged {
        assert!(user.session_ends().as_unix() + 60 > NOW.as_unix());
        assert!(user.session().issued().as_unix() <= NOW.as_unix() + 60);
        assert!(user.signed_in_at() <= Some(NOW));
    }
}

/// The other judge, by RFC 7662, RFC 9068 and the manual.
struct Judge<'a>(&'a Map<String, Value>);

impl Judge<'_> {
    fn user(&self, policy: &TokenPolicy) -> Option<String> {
        let is_user_data = policy.source == TokenSource::UserData;
        let says_so = match &policy.source {
            TokenSource::Introspection => self.0.get("active") == Some(&Value::Bool(true)),
            TokenSource::Jwt { issuer } => {
                self.text("iss") == Some(issuer) && self.0.get("exp").is_some_and(Value::is_number)
            }
            TokenSource::UserData => true,
        };
        let is_current = is_user_data || (self.is_bearer() && self.is_current()?);
        let names: &[&str] = if policy.user.may_be_at("/id") {
            &["sub", "id"]
        } else {
            &["sub"]
        };
        let id = user_data::id(self.0, names)?;
        let is_for_us = self.is_for_audience(policy) && self.is_for_client(policy, &id);
        (says_so && is_current && is_for_us).then_some(id)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    fn is_bearer(&self) -> bool {
        let is = |name, words: &[&str]| {
            self.text(name)
                .is_none_or(|said| words.contains(&&*said.to_ascii_lowercase()))
        };
        !self.0.contains_key("cnf")
            && is("token_type", &["bearer"])
            && is("token_use", &["access", "access_token"])
            && is("typ", &["bearer", "at+jwt", "jwt"])
    }

    /// `None` if one of the times can't be read.
    fn is_current(&self) -> Option<bool> {
        let now = NOW.as_unix() as f64;
        let mut times = [None; 4];
        for (time, name) in times.iter_mut().zip(["exp", "nbf", "iat", "auth_time"]) {
            *time = match self.0.get(name) {
                None | Some(Value::Null) => None,
                Some(value) => Some(
                    value
                        .as_f64()
                        .filter(|at| (0.0..1e11).contains(at))?
                        .floor(),
                ),
            };
        }
        let [expires, not_before, issued, _] = times;
        Some(
            expires.is_none_or(|at| at + 60.0 > now)
                && not_before.is_none_or(|at| at <= now + 60.0)
                && issued.is_none_or(|at| at <= now + 60.0 && now - at <= 30.0 * DAY)
                && issued
                    .zip(expires)
                    .is_none_or(|(issued, expires)| issued <= expires + 60.0),
        )
    }

    fn is_for_audience(&self, policy: &TokenPolicy) -> bool {
        let is_own = |aud: &Value| {
            aud.as_str()
                .is_some_and(|aud| policy.audiences.iter().any(|own| own == aud))
        };
        policy.audiences.is_empty()
            || match self.0.get("aud") {
                Some(Value::Array(all)) => all.iter().any(is_own),
                one => one.is_some_and(is_own),
            }
    }

    fn is_for_client(&self, policy: &TokenPolicy, id: &str) -> bool {
        let placed = if policy.client == "/client_id" {
            self.0.get("client_id")
        } else {
            match self.0.get("a") {
                Some(Value::Array(all)) => all.first(),
                Some(Value::Object(members)) => members.get("0"),
                _ => None,
            }
        };
        let placed = placed.and_then(Value::as_str);
        let others = ["client_id", "azp", "cid"].map(|name| self.text(name));
        let clients: Vec<_> = others.into_iter().chain([placed]).flatten().collect();
        let is_known = policy.source == TokenSource::UserData || !clients.is_empty();
        let is_own = policy.clients.is_empty()
            || placed.is_some_and(|client| policy.clients.iter().any(|own| own == client));
        let is_user = clients
            .iter()
            .all(|client| *client != id && self.text("sub") != Some(*client));
        is_known && is_own && is_user
    }
}
