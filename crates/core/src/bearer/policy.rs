//! What a token must say to be accepted: for which client, for which audience, and until when.
//!
//! Rules:
//! - A token that was made for another client or audience is refused. Otherwise each application with a user's token
//!   could act as that user here.
//! - An answer names a user. A token of a client's own has none (RFC 9068, section 5).
//! - Times may be a minute off, since clocks differ.

use serde_json::{Map, Value};

use crate::bearer::refusal::BearerRefusal;
use crate::provider::settings::TokenDialect;
use crate::provider::user_data::{UserData, UserPointers};
use crate::session::open::MAX_SKEW;
use crate::values::timestamp::Timestamp;

/// The source of what is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// The answer of an introspection endpoint (RFC 7662).
    Introspection,
    /// The claims of a JWT whose signature was checked (RFC 9068), from this issuer.
    Jwt {
        /// The expected `iss`.
        issuer: String,
    },
    /// The user data that the token reads.
    UserData,
}

/// What a token must say to be accepted.
#[derive(Clone, Debug)]
pub struct TokenPolicy {
    /// The source of what is known of a token.
    pub source: TokenSource,
    /// The clients whose tokens are accepted. If the list is empty, any client's are.
    pub clients: Vec<String>,
    /// The audiences that are accepted. If the list is empty, any audience is.
    pub audiences: Vec<String>,
    /// The place of the client in the answer: a JSON pointer (RFC 6901).
    pub client: String,
    /// The places of id, name and email in the answer.
    pub user: UserPointers,
}

/// What an accepted token says.
pub(crate) struct Claims {
    pub(crate) user: UserData,
    pub(crate) scopes: String,
    /// `None` if the answer does not say it.
    pub(crate) expires: Option<Timestamp>,
    /// 0 if the answer does not say it.
    pub(crate) issued: Timestamp,
    /// 0 if the answer does not say it.
    pub(crate) signed_in: Timestamp,
}

impl TokenPolicy {
    /// Judges what is known of a token. `keep` names the members that the user keeps.
    pub(crate) fn judge(
        &self,
        members: Map<String, Value>,
        dialect: &TokenDialect,
        keep: &[String],
        now: Timestamp,
    ) -> Result<Claims, BearerRefusal> {
        let invalid = |detail| Err(BearerRefusal::Invalid(detail));
        let seconds = |name: &str| {
            let value = members.get(name).filter(|value| !value.is_null());
            value.map(seconds).transpose()
        };
        let is_jwt = match &self.source {
            TokenSource::Introspection if members.get("active") != Some(&Value::Bool(true)) => {
                return invalid("FNCY says that the token is not active");
            }
            TokenSource::Jwt { issuer } => {
                if members.get("iss").and_then(Value::as_str) != Some(issuer) {
                    return invalid("iss is not the expected issuer");
                }
                true
            }
            TokenSource::Introspection | TokenSource::UserData => false,
        };
        let (Some(expires), Some(not_before), Some(issued), Some(signed_in)) = (
            seconds("exp").ok(),
            seconds("nbf").ok(),
            seconds("iat").ok(),
            seconds("auth_time").ok(),
        ) else {
            return invalid("exp, nbf, iat or auth_time is no number of seconds");
        };
        match expires {
            None if is_jwt => return invalid("the token has no exp"),
            Some(expires) if expires.plus(MAX_SKEW) <= now => {
                return invalid("the token has expired");
            }
            _ => {}
        }
        if not_before.is_some_and(|at| at > now.plus(MAX_SKEW)) {
            return invalid("the token is not yet valid");
        }
        let aud = members.get("aud");
        if !self.audiences.is_empty()
            && !texts(aud).any(|aud| self.audiences.iter().any(|own| own == aud))
        {
            return invalid("aud has none of the accepted audiences");
        }
        let subject = members.get("sub").cloned();
        let members = Value::Object(members);
        let client = members.pointer(&self.client).and_then(Value::as_str);
        if !self.clients.is_empty() && !self.clients.iter().any(|own| Some(own.as_str()) == client)
        {
            return invalid("the token is another client's");
        }
        if client.is_some() && subject.as_ref().and_then(Value::as_str) == client {
            return invalid("the token is a client's own, and has no user");
        }
        let Some(user) = UserData::of_members(&members, &self.user, keep) else {
            return invalid("the answer about the token has no user id");
        };
        let scope = members.get("scope");
        let scopes = dialect.scope_separator.granted(scope, &mut Vec::new());
        Ok(Claims {
            user,
            scopes: scopes.unwrap_or_default(),
            expires,
            issued: issued.unwrap_or_default(),
            signed_in: signed_in.unwrap_or_default(),
        })
    }
}

/// A time in seconds since 1970 (RFC 7519, section 2), without its fraction.
fn seconds(value: &Value) -> Result<Timestamp, ()> {
    let whole = value.as_u64().or_else(|| {
        let seconds = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the range was checked"
        )]
        (0.0..1e15).contains(&seconds).then_some(seconds as u64)
    });
    whole.map(Timestamp::from_unix).ok_or(())
}

/// The texts of a member that is one text or an array of texts.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, many) = match value {
        Some(Value::Array(many)) => (None, many.as_slice()),
        other => (other, &[][..]),
    };
    one.into_iter().chain(many).filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{BearerRefusal, TokenPolicy, TokenSource};
    use crate::provider::settings::TokenDialect;
    use crate::provider::user_data::UserPointers;
    use crate::values::timestamp::Timestamp;

    const NOW: u64 = 1_893_456_000;

    fn policy(source: TokenSource) -> TokenPolicy {
        TokenPolicy {
            source,
            clients: vec!["app".to_owned()],
            audiences: vec!["api".to_owned()],
            client: "/client_id".to_owned(),
            user: UserPointers::new(Some("/sub"), None, None).unwrap(),
        }
    }

    fn members() -> Value {
        json!({
            "active": true, "iss": "https://fncy.example", "sub": "alex", "client_id": "app", "aud": ["x", "api"],
            "scope": "b a", "exp": NOW + 10, "iat": NOW - 10, "nbf": NOW, "auth_time": 1_893_455_980.5,
        })
    }

    /// The judgement after this member was changed. `null` removes it.
    fn judged(source: &TokenSource, name: &str, value: Value) -> Result<String, BearerRefusal> {
        let mut members = members();
        let object = members.as_object_mut().unwrap();
        match value {
            Value::Null => drop(object.remove(name)),
            value => drop(object.insert(name.to_owned(), value)),
        }
        let (dialect, now) = (TokenDialect::default(), Timestamp::from_unix(NOW));
        let claims = policy(source.clone()).judge(object.clone(), &dialect, &[], now)?;
        Ok(format!(
            "{} {} {:?}",
            claims.user.id,
            claims.scopes,
            claims.expires.map(Timestamp::as_unix)
        ))
    }

    #[test]
    fn b03_a_token_must_be_for_this_application() {
        let jwt = TokenSource::Jwt {
            issuer: "https://fncy.example".to_owned(),
        };
        let sources = [jwt, TokenSource::Introspection, TokenSource::UserData];
        for source in &sources {
            let is_jwt = matches!(source, TokenSource::Jwt { .. });
            let is_introspection = *source == TokenSource::Introspection;
            for (name, value, is_accepted) in [
                ("unknown", json!(1), true),
                ("aud", json!("api"), true),
                ("aud", json!("apis"), false),
                ("aud", json!(["x"]), false),
                ("aud", json!({ "api": 1 }), false),
                ("aud", Value::Null, false),
                ("client_id", json!("other"), false),
                ("client_id", json!(["app"]), false),
                ("client_id", Value::Null, false),
                ("sub", Value::Null, false),
                ("sub", json!(""), false),
                ("sub", json!({}), false),
                // A client's own token (RFC 9068, section 5).
                ("sub", json!("app"), false),
                ("exp", json!(NOW - 59), true),
                ("exp", json!(NOW - 60), false),
                ("exp", json!(0), false),
                ("exp", json!(-1), false),
                ("exp", json!("4000000000"), false),
                ("exp", json!([]), false),
                ("exp", json!(1e300), false),
                ("exp", Value::Null, !is_jwt),
                ("nbf", json!(NOW + 60), true),
                ("nbf", json!(NOW + 61), false),
                ("nbf", json!("soon"), false),
                ("iat", json!("then"), false),
                ("iss", json!("https://other.example"), !is_jwt),
                ("iss", json!(["https://fncy.example"]), !is_jwt),
                ("iss", Value::Null, !is_jwt),
                ("active", json!(false), !is_introspection),
                ("active", json!("true"), !is_introspection),
                ("active", json!(1), !is_introspection),
                ("active", Value::Null, !is_introspection),
            ] {
                let judged = judged(source, name, value.clone());
                assert_eq!(
                    judged.is_ok(),
                    is_accepted,
                    "{source:?} {name} {value}: {judged:?}"
                );
            }
        }
        let expected = format!("alex a b Some({})", NOW + 10);
        let judged = judged(&TokenSource::Introspection, "unknown", json!(1));
        assert_eq!(judged, Ok(expected));
    }
}
