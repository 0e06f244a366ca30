//! The store of codes and tokens.
//!
//! * Every token belongs to a family: all tokens that come from one authorization. A family is
//!   revoked as a whole (RFC 9700 section 4.14.2, RFC 6749 section 4.1.2).
//! * Time and identifiers are arguments.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::state::signed_in::SignedIn;
use crate::system::id_source::IdSource;

/// What a user has allowed. A grant of the client credentials grant type has no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: Option<SignedIn>,
    pub(crate) scope: Vec<String>,
}

/// The tokens of one token response.
#[derive(Debug)]
pub(crate) struct Issued {
    pub(crate) jti: String,
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) scope: Vec<String>,
    /// When the user signed in, in Unix seconds.
    pub(crate) auth_time: Option<u64>,
}

/// The grant of a code, with what the token request must prove.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: Option<String>,
}

pub(super) struct IssuedCode {
    pub(super) code: Code,
    pub(super) expires: Instant,
    pub(super) is_used: bool,
    /// The tokens that the code was redeemed for.
    pub(super) family: Option<FamilyId>,
}

pub(super) struct RefreshToken {
    pub(super) family: FamilyId,
    pub(super) is_rotated: bool,
}

/// An index into the families. No family is ever removed.
#[derive(Clone, Copy)]
pub(super) struct FamilyId(pub(super) usize);

pub(super) struct Family {
    pub(super) grant: Grant,
    pub(super) is_revoked: bool,
}

struct AccessToken {
    family: FamilyId,
    /// `None` if the clock cannot represent the time.
    expires: Option<Instant>,
    is_revoked: bool,
}

pub(crate) struct Grants {
    access_token_lifetime: Duration,
    pub(super) rotation: bool,
    pub(super) codes: HashMap<String, IssuedCode>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) families: Vec<Family>,
    access_tokens: HashMap<String, AccessToken>,
    secrets: Vec<String>,
}

impl Grants {
    pub(crate) fn new(access_token_lifetime: Duration, rotation: bool) -> Self {
        Self {
            access_token_lifetime,
            rotation,
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            families: Vec::new(),
            access_tokens: HashMap::new(),
            secrets: Vec::new(),
        }
    }

    /// All codes and tokens ever issued.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// Returns the grant of an access token, unless the token is unknown, expired or revoked.
    pub(crate) fn grant(&self, access_token: &str, now: Instant) -> Option<&Grant> {
        let token = self.access_tokens.get(access_token)?;
        let family = &self.families[token.family.0];
        let is_alive = token.expires.is_none_or(|expires| now < expires);
        (is_alive && !token.is_revoked && !family.is_revoked).then_some(&family.grant)
    }

    /// Revokes a token (RFC 7009 section 2.1): a refresh token with its family, an access token
    /// alone.
    pub(crate) fn revoke(&mut self, token: &str) {
        if let Some(refresh) = self.refresh_tokens.get(token) {
            self.families[refresh.family.0].is_revoked = true;
        } else if let Some(access) = self.access_tokens.get_mut(token) {
            access.is_revoked = true;
        }
    }

    pub(super) fn add_family(&mut self, grant: Grant) -> FamilyId {
        self.families.push(Family {
            grant,
            is_revoked: false,
        });
        FamilyId(self.families.len() - 1)
    }

    /// Issues an access token, and puts it into a token response with the refresh token.
    pub(super) fn issue(
        &mut self,
        ids: &IdSource,
        now: Instant,
        family: FamilyId,
        scope: Vec<String>,
        refresh_token: Option<String>,
    ) -> Issued {
        let access_token = self.new_secret(ids, "access");
        let token = AccessToken {
            family,
            expires: now.checked_add(self.access_token_lifetime),
            is_revoked: false,
        };
        self.access_tokens.insert(access_token.clone(), token);
        let user = &self.families[family.0].grant.user;
        Issued {
            jti: ids.next("jti"),
            access_token,
            refresh_token,
            scope,
            auth_time: user.as_ref().map(|user| user.auth_time),
        }
    }

    pub(super) fn issue_refresh_token(&mut self, ids: &IdSource, family: FamilyId) -> String {
        let value = self.new_secret(ids, "refresh");
        let token = RefreshToken {
            family,
            is_rotated: false,
        };
        self.refresh_tokens.insert(value.clone(), token);
        value
    }

    pub(super) fn new_secret(&mut self, ids: &IdSource, kind: &str) -> String {
        let value = ids.next(kind);
        self.secrets.push(value.clone());
        value
    }
}
