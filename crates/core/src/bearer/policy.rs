//! What a token must say to be accepted: for which client, for which audience, and until when.
//!
//! Rules:
//! - A token that was made for another client or audience is refused. Otherwise each application with a user's token
//!   could act as that user here.
//! - An answer names a user. A token of a client's own has none (RFC 9068, section 5).
//! - Times may be a minute off, since clocks differ.

use serde_json::{Map, Value};

use crate::bearer::refusal::BearerRefusal;
use crate::provider::settings::Provider;
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
    /// Judges what is known of a token.
    pub(crate) fn judge(
        &self,
        members: Map<String, Value>,
        provider: &Provider,
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
        let Some(user) = UserData::of_members(&members, &self.user, &provider.keep_claims) else {
            return invalid("the answer about the token has no user id");
        };
        let scope = members.get("scope");
        let scopes = provider
            .dialect
            .scope_separator
            .granted(scope, &mut Vec::new());
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
