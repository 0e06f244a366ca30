//! The store of codes and tokens.
//!
//! * Every token belongs to a family: all tokens that come from one authorization. A family is
//!   revoked as a whole (RFC 9700 section 4.14.2, RFC 6749 section 4.1.2).
//! * Time and identifiers are arguments.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use crate::config::settings::{AccessTokenFormat, Settings};
use crate::state::access_token::AccessToken;
use crate::state::grant::Grant;
use crate::state::signing_keys::SigningKeys;
use crate::system::id_source::IdSource;

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

struct IssuedToken {
    token: AccessToken,
    family: FamilyId,
    /// `None` if the clock cannot represent the time.
    expires: Option<Instant>,
    is_revoked: bool,
}

pub(crate) struct Grants {
    pub(super) settings: Arc<Settings>,
    issuer: String,
    keys: Arc<SigningKeys>,
    pub(super) codes: HashMap<String, IssuedCode>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
    pub(super) families: Vec<Family>,
    access_tokens: HashMap<String, IssuedToken>,
    secrets: Vec<String>,
}

impl Grants {
    pub(crate) fn new(settings: Arc<Settings>, base_url: &str, keys: Arc<SigningKeys>) -> Self {
        Self {
            issuer: settings.issuer_or(base_url).to_owned(),
            settings,
            keys,
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
        self.find(access_token, now).map(|(_, grant)| grant)
    }

    /// Returns the claims of an access token, unless the token is unknown, expired or revoked.
    pub(crate) fn claims(&self, access_token: &str, now: Instant) -> Option<Map<String, Value>> {
        let (token, grant) = self.find(access_token, now)?;
        Some(token.claims(grant, &self.settings, &self.issuer))
    }

    fn find(&self, access_token: &str, now: Instant) -> Option<(&AccessToken, &Grant)> {
        let issued = self.access_tokens.get(access_token)?;
        let family = &self.families[issued.family.0];
        let is_alive = issued.expires.is_none_or(|expires| now < expires);
        (is_alive && !issued.is_revoked && !family.is_revoked)
            .then_some((&issued.token, &family.grant))
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

    /// Issues an access token of a family of its own, without a refresh token.
    pub(crate) fn issue_alone(&mut self, ids: &IdSource, now: Instant, grant: Grant) -> Issued {
        let scope = grant.scope.clone();
        let family = self.add_family(grant);
        self.issue(ids, now, family, scope, None)
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
        let settings = Arc::clone(&self.settings);
        let token = AccessToken {
            scope: scope.clone(),
            jti: ids.next("jti"),
            issued_at: settings.clock.unix_seconds(),
        };
        let grant = &self.families[family.0].grant;
        let auth_time = grant.user.as_ref().map(|user| user.auth_time);
        let access_token = match settings.access_token_format {
            AccessTokenFormat::Opaque => self.new_secret(ids, "access"),
            AccessTokenFormat::Jwt => {
                let claims = token.claims(grant, &settings, &self.issuer).into();
                let header = Map::from_iter([("typ".to_owned(), json!("at+jwt"))]);
                let jwt = self.keys.newest().sign(header, &claims);
                self.secrets.push(jwt.clone());
                jwt
            }
        };
        let jti = token.jti.clone();
        let issued = IssuedToken {
            token,
            family,
            expires: now.checked_add(settings.access_token_lifetime),
            is_revoked: false,
        };
        self.access_tokens.insert(access_token.clone(), issued);
        Issued {
            jti,
            access_token,
            refresh_token,
            scope,
            auth_time,
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

#[cfg(test)]
impl Grants {
    /// The default settings, but tokens live for five seconds.
    pub(super) fn with_short_lives() -> Self {
        let settings = Settings {
            access_token_lifetime: std::time::Duration::from_secs(5),
            ..Settings::default()
        };
        let keys = Arc::new(SigningKeys::new().unwrap());
        Self::new(Arc::new(settings), "http://127.0.0.1:4000", keys)
    }
}
