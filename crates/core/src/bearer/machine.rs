//! The interface of bearer tokens to the driver: read the token, judge what FNCY says of it, admit or refuse the request.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::admission::admission::Admission;
use crate::bearer::policy::{Claims, TokenPolicy, TokenSource};
use crate::bearer::refusal::BearerRefusal;
use crate::bearer::shown::{Credentials, credentials};
use crate::machine::host::machine_of;
use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::provider::answer::{ProviderAnswer, ProviderError, ProviderResult, USER_DATA_ENDPOINT};
use crate::reply::reply::Reply;
use crate::request::head::Head;
use crate::request::request_paths::RequestPaths;
use crate::session::lifetimes::Lifetimes;
use crate::session::segment::{Segment, Terms};
use crate::session::user::User;
use crate::sign_in::challenge::{Challenge, guard};
use crate::values::timestamp::Timestamp;

/// The name of the introspection endpoint in log lines.
const INTROSPECTION_ENDPOINT: &str = "the introspection endpoint";
/// The longest scopes and claims of a token, in bytes. Each request has them in memory.
const MAX_TEXTS_LEN: usize = 8 * 1024;
/// How long FNCY's answer about a token is believed, in seconds. A revocation at FNCY is noticed within this time.
pub const TOKEN_CHECK_LIFE: u64 = 60;

/// Admits and refuses requests with bearer tokens. Cloning is cheap.
#[derive(Clone)]
pub struct BearerMachine(Arc<Machine>);

/// A token that a request shows, in place of a session.
pub struct ShownToken<'a> {
    /// The number of the prefix whose tokens the request's path accepts.
    pub prefix: usize,
    /// The token, or why the request is refused.
    pub token: Result<&'a str, BearerRefusal>,
}

/// Shows no token.
impl fmt::Debug for ShownToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShownToken")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl BearerMachine {
    pub(crate) fn new(machine: &Arc<Machine>) -> Self {
        Self(Arc::clone(machine))
    }

    /// The token of a request. `None` if its path accepts no tokens, or if it has no `Authorization` header. Then the
    /// session of its cookies counts.
    ///
    /// A path may have several readings: other spellings, or a rest after a router has stripped a prefix. If only some of
    /// them are below a prefix, or below different ones, the request has neither a token nor a session.
    pub fn shown<'a, H: Head>(&self, head: &'a H) -> Option<ShownToken<'a>> {
        let machine = machine_of(&self.0, head);
        let credentials = credentials(head);
        if credentials == Credentials::Absent {
            return None;
        }
        let paths = RequestPaths::of(head, &machine.site);
        if machine.site.endpoint(&paths.sent).is_some() {
            return None;
        }
        if !paths.any(|path| machine.paths.may_have_bearer(path)) {
            return None;
        }
        // In a nest without parameters, the browser's path is the one that was routed.
        let found = if head.placement().mount.is_empty() {
            paths.both(|path| Some(machine.paths.bearer(path)))
        } else {
            [Some(machine.paths.bearer(&paths.sent)), None]
        };
        let mut found = found.into_iter().flatten();
        let first = found.next().flatten();
        let Some(prefix) = first.filter(|_| found.all(|other| other == first)) else {
            let (prefix, token) = (0, Err(BearerRefusal::NoToken));
            return Some(ShownToken { prefix, token });
        };
        let token = match credentials {
            Credentials::Token(token) => Ok(token),
            Credentials::Absent | Credentials::NoToken => Err(BearerRefusal::NoToken),
            Credentials::TooLong => Err(BearerRefusal::Invalid("the token is too long")),
            Credentials::Malformed => Err(BearerRefusal::Malformed),
        };
        Some(ShownToken { prefix, token })
    }

    /// The key of a token: a keyed hash, which stands for the token in memory.
    #[must_use]
    pub fn key(&self, token: &str) -> [u8; 32] {
        self.0.token_digest.get().of_shown(token)
    }

    /// The user of a token, by FNCY's answer about it.
    ///
    /// # Errors
    ///
    /// The token is not accepted, or the answer says nothing about it.
    pub fn answered(
        &self,
        policy: &TokenPolicy,
        token: &str,
        result: ProviderResult,
        now: Timestamp,
    ) -> Result<User, BearerRefusal> {
        let asked = match policy.source {
            TokenSource::UserData => USER_DATA_ENDPOINT,
            TokenSource::Introspection | TokenSource::Jwt { .. } => INTROSPECTION_ENDPOINT,
        };
        let answer = ProviderError::if_lost(asked, result).map_err(BearerRefusal::unavailable)?;
        let members = match answer.object(asked) {
            Ok(members) => members,
            Err(_) if is_refused(policy, &answer) => {
                return Err(BearerRefusal::Invalid("FNCY refuses the token"));
            }
            Err(error) => return Err(BearerRefusal::unavailable(error)),
        };
        self.judged(policy, token, members, now)
    }

    /// The user of a token, by what is known of it.
    ///
    /// # Errors
    ///
    /// The token is not accepted.
    pub fn judged(
        &self,
        policy: &TokenPolicy,
        token: &str,
        members: Map<String, Value>,
        now: Timestamp,
    ) -> Result<User, BearerRefusal> {
        let provider = &self.0.provider;
        let claims = policy.judge(members, &provider.dialect, &provider.keep_claims, now)?;
        user(token, &claims, now)
    }

    /// Admits a request with the user of its token, unless a guard of its path refuses the user.
    ///
    /// # Errors
    ///
    /// The reply of the guard.
    pub fn admit<H: Head>(
        &self,
        head: &H,
        user: User,
        now: Timestamp,
    ) -> Result<Admission, Box<Reply>> {
        let machine = machine_of(&self.0, head);
        let paths = RequestPaths::of(head, &machine.site);
        match guard(machine, head, &paths, &user, now) {
            None => Ok(Admission::of(user, None)),
            Some(Challenge::Reply(reply)) => Err(reply),
            // A program can't sign in, so it is not redirected.
            Some(Challenge::SignIn(_)) => Err(self.refuse(head, &BearerRefusal::NoToken)),
        }
    }

    /// Refuses a request whose token is not accepted.
    pub fn refuse<H: Head>(&self, head: &H, refusal: &BearerRefusal) -> Box<Reply> {
        let responder = Responder::to(machine_of(&self.0, head), head);
        responder.write(refusal.draft(&responder, head))
    }
}

/// Whether the answer means that FNCY refuses the token itself. The user data endpoint says so by its status. If a
/// request is too large for a server, its token is the cause.
fn is_refused(policy: &TokenPolicy, answer: &ProviderAnswer) -> bool {
    match answer.status {
        413 | 414 | 431 => true,
        400 | 401 | 403 => policy.source == TokenSource::UserData,
        _ => false,
    }
}

/// The user of an accepted token.
fn user(token: &str, claims: &Claims, now: Timestamp) -> Result<User, BearerRefusal> {
    let Claims {
        user,
        scopes,
        expires,
        issued,
        signed_in,
    } = claims;
    let ends = expires.unwrap_or_else(|| now.plus(Lifetimes::MAX));
    let terms = Terms {
        session_id: token_id(token),
        chunks: 0,
        generation: 0,
        issued: *issued,
        ends,
        idle_ends: ends,
        token_expires: ends,
        token_life: ends.seconds_since(*issued),
        can_refresh: false,
        is_bound: false,
        user_read: now,
        signed_in: *signed_in,
        data_version: 0,
    };
    let segment = Segment {
        terms,
        user_id: &user.id,
        name: user.name.as_deref().unwrap_or_default(),
        email: user.email.as_deref().unwrap_or_default(),
        scopes,
        claims: &user.claims,
        data: "",
        device: "",
    };
    let too_large = BearerRefusal::Invalid("the user of the token is too large");
    let user = segment
        .to_user()
        .filter(|_| scopes.len() + user.claims.len() <= MAX_TEXTS_LEN);
    user.ok_or(too_large)
}

/// The id of a token, which takes the place of a session's id, so that the token can be revoked as a session is.
///
/// Of a JWT it leaves the signature out: some algorithms have several valid ones for the same text. No secret is part of it,
/// since a revocation outlives a change of secrets.
pub(crate) fn token_id(token: &str) -> [u8; 16] {
    let signed = signed_text(token).unwrap_or(token).trim_end_matches('=');
    let hash = digest(
        &SHA256,
        &[b"fncy-login bearer token ", signed.as_bytes()].concat(),
    );
    std::array::from_fn(|index| hash.as_ref()[index])
}

/// The text of a JWT without its signature (RFC 7515, section 7.1). `None` if the token is no JWT.
fn signed_text(token: &str) -> Option<&str> {
    let (signed, _) = token.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header = URL_SAFE_NO_PAD.decode(header).ok()?;
    let header: Map<String, Value> = serde_json::from_slice(&header).ok()?;
    (header.contains_key("alg") && !payload.contains('.')).then_some(signed)
}

impl fmt::Debug for BearerMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerMachine").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::token_id;

    #[test]
    fn b05_only_tokens_of_one_grant_have_one_id() {
        // The header and the payload are {"alg":"ES256"} and {}.
        let jwt = "eyJhbGciOiJFUzI1NiJ9.e30";
        for (one, other) in [
            (format!("{jwt}.sig"), format!("{jwt}.other")),
            ("abc".to_owned(), "abc=".to_owned()),
        ] {
            assert_eq!(token_id(&one), token_id(&other), "{one} {other}");
        }
        for (one, other) in [
            ("v1.alex", "v1.jun"),
            ("v4.local.alex", "v4.local.jun"),
            ("alex", "jun"),
            ("eyJhbGciOiJFUzI1NiJ9.e30.s", "eyJhbGciOiJFUzI1NiJ9.e31.s"),
            // Not a header of a JWT.
            ("e30.e30.alex", "e30.e30.jun"),
        ] {
            assert_ne!(token_id(one), token_id(other), "{one} {other}");
        }
    }
}
