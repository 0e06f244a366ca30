//! What a token must say to be accepted: for which client, for which audience, and until when.
//!
//! Rules:
//! - A token that was made for another client or audience is refused. Otherwise each application with a user's token
//!   could act as that user here.
//! - An answer names a user, and an introspection and a JWT name a client too. Otherwise a client's own token (RFC 9068,
//!   section 5) could pass for a user's.
//! - Times may be a minute off, since clocks differ.

use serde_json::{Map, Value};

use crate::bearer::refusal::BearerRefusal::{self, Invalid};
use crate::provider::settings::TokenDialect;
use crate::provider::user_data::{UserData, UserPointers};
use crate::session::lifetimes::Lifetimes;
use crate::session::lifetimes::MAX_SKEW;
use crate::values::timestamp::Timestamp;

/// A larger number is no time in seconds. It is after the year 5138, or a time of this century in milliseconds.
const MAX_SECONDS: f64 = 1e11;

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
    /// The clients whose tokens are accepted. If the list is empty, every client is accepted.
    pub clients: Vec<String>,
    /// The audiences that are accepted. If the list is empty, every audience is accepted.
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
        let members = Value::Object(members);
        let times = match &self.source {
            // User data are about the user, and say nothing of the token.
            TokenSource::UserData => Times::default(),
            TokenSource::Introspection => {
                if members["active"] != Value::Bool(true) {
                    return Err(Invalid("FNCY says that the token is not active"));
                }
                is_bearer(&members, dialect)?;
                Times::of(&members, now)?
            }
            TokenSource::Jwt { issuer } => {
                if members["iss"].as_str() != Some(issuer) {
                    return Err(Invalid("iss is not the expected issuer"));
                }
                is_bearer(&members, dialect)?;
                let times = Times::of(&members, now)?;
                times.expires.ok_or(Invalid("the token has no exp"))?;
                times
            }
        };
        let is_own = |aud: &str| self.audiences.iter().any(|own| own == aud);
        if !self.audiences.is_empty() && !texts(&members["aud"]).any(is_own) {
            return Err(Invalid("aud has none of the accepted audiences"));
        }
        let user = UserData::of_members(&members, &self.user, keep);
        let user = user.ok_or(Invalid("the answer about the token has no user id"))?;
        self.is_for_client(&members, &user.id)?;
        let scope = members.get("scope");
        let scopes = dialect.scope_separator.granted(scope, &mut Vec::new());
        Ok(Claims {
            user,
            scopes: scopes.unwrap_or_default(),
            expires: times.expires,
            issued: times.issued.unwrap_or_default(),
            signed_in: times.signed_in.unwrap_or_default(),
        })
    }

    /// Refuses the token of another client, and a client's own token, which names the client as its user (RFC 9068,
    /// section 5).
    fn is_for_client(&self, members: &Value, user_id: &str) -> Result<(), BearerRefusal> {
        let client = members.pointer(&self.client).and_then(Value::as_str);
        let is_own = |client: &str| self.clients.iter().any(|own| own == client);
        if !self.clients.is_empty() && !client.is_some_and(is_own) {
            return Err(Invalid("the token is another client's"));
        }
        let named = ["client_id", "azp", "cid"].map(|name| members[name].as_str());
        let mut clients = named.into_iter().chain([client]).flatten().peekable();
        if clients.peek().is_none() && self.source != TokenSource::UserData {
            return Err(Invalid("the answer about the token names no client"));
        }
        if clients.any(|client| client == user_id || members["sub"] == client) {
            return Err(Invalid("the token is a client's own, and has no user"));
        }
        Ok(())
    }
}

/// The times that an answer says of a token.
#[derive(Default)]
struct Times {
    expires: Option<Timestamp>,
    issued: Option<Timestamp>,
    signed_in: Option<Timestamp>,
}

impl Times {
    /// Reads the times, and judges whether the token is valid now.
    ///
    /// A token with a future time of issue would be exempt from revocations. A token that is older than 30 days could
    /// outlive them.
    fn of(members: &Value, now: Timestamp) -> Result<Self, BearerRefusal> {
        let [expires, not_before, issued, signed_in] =
            ["exp", "nbf", "iat", "auth_time"].map(|name| seconds(&members[name]));
        let (expires, not_before) = (expires?, not_before?);
        let (issued, signed_in) = (issued?, signed_in?);
        let latest = now.plus(MAX_SKEW);
        if expires.is_some_and(|at| at.plus(MAX_SKEW) <= now) {
            return Err(Invalid("the token has expired"));
        }
        if [not_before, issued]
            .into_iter()
            .flatten()
            .any(|at| at > latest)
        {
            return Err(Invalid("the token is not yet valid"));
        }
        let is_old = |issued: Timestamp| now.seconds_since(issued) > Lifetimes::MAX;
        if issued.is_some_and(is_old) || expires.is_some_and(|at| issued > Some(at.plus(MAX_SKEW)))
        {
            return Err(Invalid(
                "the token is older than 30 days, or expires before it is issued",
            ));
        }
        // A sign-in can't be in the future. If FNCY says so all the same, its time counts as not known.
        let signed_in = signed_in.filter(|at| *at <= latest).map(|at| at.min(now));
        // A refreshed token counts from its sign-in, so that a revocation between the two reaches it.
        let issued = issued.map(|issued| signed_in.map_or(issued, |at| at.min(issued)));
        Ok(Self {
            expires,
            issued,
            signed_in,
        })
    }
}

/// Refuses a token that is bound to a key of its client (RFC 7800, section 3), a refresh token and an ID token, if the
/// answer says what the token is.
fn is_bearer(members: &Value, dialect: &TokenDialect) -> Result<(), BearerRefusal> {
    let says = |name: &str, accepted: &[&str]| {
        let said = members[name].as_str();
        said.is_none_or(|said| accepted.iter().any(|word| said.eq_ignore_ascii_case(word)))
    };
    let bearer = ["bearer", dialect.token_type.as_deref().unwrap_or("bearer")];
    let is_bearer = members.get("cnf").is_none()
        && says("token_type", &bearer)
        && says("token_use", &["access_token", "access"])
        && says("typ", &["bearer", "at+jwt", "jwt"]);
    if is_bearer {
        Ok(())
    } else {
        Err(Invalid("it is no bearer access token"))
    }
}

/// A time in seconds since 1970 (RFC 7519, section 2), without its fraction. `None` without the member.
fn seconds(value: &Value) -> Result<Option<Timestamp>, BearerRefusal> {
    if value.is_null() {
        return Ok(None);
    }
    let seconds = value
        .as_f64()
        .filter(|seconds| (0.0..MAX_SECONDS).contains(seconds));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked"
    )]
    let whole = seconds.map(|seconds| Timestamp::from_unix(seconds as u64));
    whole.map(Some).ok_or(Invalid(
        "exp, nbf, iat or auth_time is no number of seconds",
    ))
}

/// The texts of a member that is one text or an array of texts.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let (one, many) = match value {
        Value::Array(many) => (None, many.as_slice()),
        other => (Some(other), &[][..]),
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
            "scope": "b a", "exp": NOW + 10, "iat": NOW - 100, "nbf": NOW, "auth_time": 1_893_455_880.5,
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
            // User data say nothing of the token.
            let of_token = [
                "exp",
                "nbf",
                "iat",
                "auth_time",
                "token_type",
                "token_use",
                "typ",
                "cnf",
            ];
            let is_ignored = |name| *source == TokenSource::UserData && of_token.contains(&name);
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
                ("exp", json!(1000 * NOW), false),
                ("exp", Value::Null, !is_jwt),
                ("nbf", json!(NOW + 60), true),
                ("nbf", json!(NOW + 61), false),
                ("nbf", json!("soon"), false),
                ("iat", json!("then"), false),
                ("iat", json!(NOW + 61), false),
                ("iat", json!(1000 * NOW), false),
                ("iat", json!(NOW + 60), true),
                ("iat", json!(NOW - 30 * 86_400), true),
                ("iat", json!(NOW - 30 * 86_400 - 1), false),
                ("auth_time", json!(1000 * NOW), false),
                ("token_type", json!("Bearer"), true),
                ("token_type", json!("DPoP"), false),
                ("token_use", json!("refresh_token"), false),
                ("typ", json!("Refresh"), false),
                ("typ", json!("Bearer"), true),
                ("cnf", json!({ "jkt": "x" }), false),
                ("azp", json!("alex"), false),
                ("iss", json!("https://other.example"), !is_jwt),
                ("iss", json!(["https://fncy.example"]), !is_jwt),
                ("iss", Value::Null, !is_jwt),
                ("active", json!(false), !is_introspection),
                ("active", json!("true"), !is_introspection),
                ("active", json!(1), !is_introspection),
                ("active", Value::Null, !is_introspection),
            ] {
                let is_accepted = is_accepted || is_ignored(name);
                let judged = judged(source, name, value.clone());
                assert_eq!(
                    judged.is_ok(),
                    is_accepted,
                    "{source:?} {name} {value}: {judged:?}"
                );
            }
        }
        let expected = format!("alex a b {:?}", Some(NOW + 10));
        let judged = judged(&TokenSource::Introspection, "unknown", json!(1));
        assert_eq!(judged, Ok(expected));
    }

    #[test]
    fn b05_a_refreshed_token_is_as_old_as_its_sign_in() {
        let dialect = TokenDialect::default();
        let issued = |auth_time: Value| {
            let mut members = members().as_object().unwrap().clone();
            members.insert("auth_time".to_owned(), auth_time);
            let policy = policy(TokenSource::Introspection);
            let claims = policy.judge(members, &dialect, &[], Timestamp::from_unix(NOW));
            let claims = claims.unwrap();
            (claims.issued.as_unix(), claims.signed_in.as_unix())
        };
        assert_eq!(issued(json!(NOW - 500)), (NOW - 500, NOW - 500));
        assert_eq!(issued(Value::Null), (NOW - 100, 0));
        assert_eq!(issued(json!(NOW + 30)), (NOW - 100, NOW));
        // A sign-in in the future does not count as recent.
        assert_eq!(issued(json!(NOW + 61)), (NOW - 100, 0));
    }

    #[test]
    fn b03_a_clients_own_token_has_no_user() {
        let judged = |change: &[(&str, Value)], policy: TokenPolicy| {
            let mut members = members().as_object().unwrap().clone();
            for (name, value) in change {
                members.insert((*name).to_owned(), value.clone());
            }
            let dialect = TokenDialect::default();
            let now = Timestamp::from_unix(NOW);
            policy.judge(members, &dialect, &[], now).is_ok()
        };
        let any_client = || TokenPolicy {
            clients: Vec::new(),
            ..policy(TokenSource::Introspection)
        };
        assert!(judged(&[], any_client()));
        for named in ["client_id", "azp", "cid"] {
            assert!(!judged(&[(named, json!("alex"))], any_client()), "{named}");
        }
        assert!(!judged(&[("client_id", Value::Null)], any_client()));
        let by_name = TokenPolicy {
            user: UserPointers::new(Some("/username"), None, None).unwrap(),
            ..any_client()
        };
        assert!(judged(&[("username", json!("alex"))], by_name.clone()));
        assert!(!judged(&[("username", json!("app"))], by_name));
    }
}
