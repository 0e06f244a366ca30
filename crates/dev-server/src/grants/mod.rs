//! The codes and tokens issued, and what each is good for.
//!
//! * Every token belongs to a family: all that came from one authorization. A family is revoked as a
//!   whole (RFC 9700 section 4.14.2, RFC 6749 section 4.1.2).
//! * Time and identifiers are arguments.

mod client_credentials;
mod code;
mod refresh;

use std::collections::HashMap;
use std::time::{Duration, Instant};

pub(crate) use code::Code;
use code::IssuedCode;
use refresh::RefreshToken;

use crate::id_source::IdSource;

/// What was allowed, and by whom; nobody, for the client credentials grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: Option<String>,
    pub(crate) scope: Vec<String>,
}

/// What a token request is answered with.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) jti: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) scope: Vec<String>,
}

pub(crate) struct Grants {
    access_token_life: Duration,
    rotation: bool,
    codes: HashMap<String, IssuedCode>,
    access_tokens: HashMap<String, AccessToken>,
    refresh_tokens: HashMap<String, RefreshToken>,
    families: Vec<Family>,
    secrets: Vec<String>,
}

/// An index into the families, which are never removed.
#[derive(Clone, Copy)]
struct FamilyId(usize);

struct Family {
    grant: Grant,
    revoked: bool,
}

struct AccessToken {
    family: FamilyId,
    /// `None`: later than the clock can tell.
    expires: Option<Instant>,
    revoked: bool,
}

impl Grants {
    pub(crate) fn new(access_token_life: Duration, rotation: bool) -> Self {
        Self {
            access_token_life,
            rotation,
            codes: HashMap::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
            families: Vec::new(),
            secrets: Vec::new(),
        }
    }

    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// What an access token allows; nothing if it is unknown, expired or revoked.
    pub(crate) fn allowed(&self, access_token: &str, now: Instant) -> Option<&Grant> {
        let token = self.access_tokens.get(access_token)?;
        let family = &self.families[token.family.0];
        let alive = token.expires.is_none_or(|expires| now < expires);
        (alive && !token.revoked && !family.revoked).then_some(&family.grant)
    }

    /// RFC 7009 section 2.1: a refresh token takes its family with it, an access token goes alone.
    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(refresh) = self.refresh_tokens.get(token) {
            self.families[refresh.family.0].revoked = true;
        } else if let Some(access) = self.access_tokens.get_mut(token) {
            access.revoked = true;
        }
    }

    fn found(&mut self, grant: Grant) -> FamilyId {
        self.families.push(Family {
            grant,
            revoked: false,
        });
        FamilyId(self.families.len() - 1)
    }

    fn issue(
        &mut self,
        ids: &IdSource,
        now: Instant,
        family: FamilyId,
        scope: Vec<String>,
        refresh_token: Option<String>,
    ) -> Issued {
        let access_token = ids.next("access");
        self.secrets.push(access_token.clone());
        let expires = now.checked_add(self.access_token_life);
        let token = AccessToken {
            family,
            expires,
            revoked: false,
        };
        self.access_tokens.insert(access_token.clone(), token);
        Issued {
            jti: ids.next("jti"),
            access_token,
            refresh_token,
            scope,
        }
    }
}
