//! The check of a JWT: its type, its key and its signature (RFC 9068, section 4).

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{BearerRefusal, Secret, SecureUrl, strict_object};
use serde_json::{Map, Value};

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::key_set::{KeySet, NoKey};
use crate::bearer::jwt::remote_keys::{AFTER_FAILURE, KeyFetch, RemoteKeys};
use crate::bearer::jwt::signed_token::SignedToken;

/// Checks JWTs.
pub(crate) struct JwtVerifier {
    pub(super) algorithms: Vec<JwtAlgorithm>,
    /// Whether `typ` may be `JWT` or missing.
    pub(super) admits_typ_jwt: bool,
    pub(super) keys: Keys,
}

/// The source of the keys.
pub(super) enum Keys {
    Given(Arc<KeySet>),
    At(RemoteKeys),
}

impl JwtVerifier {
    /// The claims of a token whose signature is valid. They are not judged.
    pub(crate) async fn verify(
        &self,
        token: &Secret,
        fetch: &KeyFetch,
    ) -> Result<Map<String, Value>, BearerRefusal> {
        let jws =
            SignedToken::parse(token.expose(), &self.algorithms).map_err(BearerRefusal::Invalid)?;
        if !self.admits(jws.kind.as_deref()) {
            return Err(BearerRefusal::Invalid("typ is not at+jwt"));
        }
        let mut keys = match &self.keys {
            Keys::Given(keys) => Arc::clone(keys),
            Keys::At(remote) => {
                let keys = remote.current(fetch).await;
                keys.ok_or_else(unavailable)?
            }
        };
        let key_id = jws.key_id.as_deref();
        if let Keys::At(remote) = &self.keys
            && keys.find(key_id, jws.algorithm).err() == Some(NoKey::Unknown)
            && let Some(newer) = remote.newer(fetch).await
        {
            keys = newer;
        }
        let key = keys.find(key_id, jws.algorithm).map_err(|none| {
            BearerRefusal::Invalid(match none {
                NoKey::Unknown => "no key has the key ID of the token",
                NoKey::Unfit => "not one key fits the algorithm of the token",
            })
        })?;
        let claims = jws.payload(key).map_err(BearerRefusal::Invalid)?;
        strict_object(&claims).ok_or(BearerRefusal::Invalid(
            "the claims of the token are no JSON object, or one is repeated",
        ))
    }

    /// The address of the keys, if they have one.
    pub(crate) fn keys_url(&self) -> Option<&SecureUrl> {
        match &self.keys {
            Keys::Given(_) => None,
            Keys::At(remote) => Some(remote.url()),
        }
    }

    /// Whether a type is accepted. Case does not matter (RFC 7515, section 4.1.9).
    fn admits(&self, kind: Option<&str>) -> bool {
        let Some(kind) = kind else {
            return self.admits_typ_jwt;
        };
        let is = |name: &str| kind.eq_ignore_ascii_case(name);
        is("at+jwt") || is("application/at+jwt") || (self.admits_typ_jwt && is("JWT"))
    }
}

/// The refusal without keys. The token may be valid.
fn unavailable() -> BearerRefusal {
    BearerRefusal::Unavailable {
        detail: "the keys of JWTs can't be read".into(),
        retry_after: AFTER_FAILURE.as_secs(),
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
