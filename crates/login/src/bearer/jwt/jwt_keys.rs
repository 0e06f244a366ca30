//! The keys of JWTs, as the application chooses them.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::SecureUrl;

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::key_set::KeySet;
use crate::bearer::jwt::remote_keys::RemoteKeys;
use crate::bearer::jwt::verifier::{JwtVerifier, Keys};

/// The keys that sign FNCY's JWTs, for [`BearerCheck::jwt`](crate::BearerCheck::jwt).
///
/// ```
/// use fncy_login::{JwtAlgorithm, JwtKeys};
///
/// let keys = JwtKeys::from_url("https://api.fncy.example/jwks").algorithms([JwtAlgorithm::Es256]);
/// ```
#[doc(alias("jwks", "jwk", "jose"))]
#[derive(Clone)]
#[must_use]
pub struct JwtKeys {
    source: Source,
    algorithms: Vec<JwtAlgorithm>,
    admits_typ_jwt: bool,
}

#[derive(Clone)]
enum Source {
    Url(String),
    Set(String),
}

impl JwtKeys {
    /// Reads a key set (RFC 7517, section 5) from an address, which is https, or http on a loopback host.
    ///
    /// The keys are read at the first token, and again after ten minutes. For a token with an unknown key ID they are read
    /// at once, but at most once a minute. If they can't be read, the last keys count for an hour. Until the first keys
    /// are read, requests with a token get 503. Redirects are not followed.
    pub fn from_url(url: impl Into<String>) -> Self {
        Self::by(Source::Url(url.into()))
    }

    /// Takes a key set as JSON (RFC 7517, section 5), for keys that never change.
    pub fn from_set(json: impl Into<String>) -> Self {
        Self::by(Source::Set(json.into()))
    }

    fn by(source: Source) -> Self {
        Self {
            source,
            algorithms: vec![
                JwtAlgorithm::Es256,
                JwtAlgorithm::Rs256,
                JwtAlgorithm::Ps256,
                JwtAlgorithm::EdDsa,
            ],
            admits_typ_jwt: false,
        }
    }

    /// Accepts these algorithms, and no others. The default is ES256, RS256, PS256 and EdDSA with Ed25519.
    ///
    /// If FNCY says which algorithm it uses, name that one alone.
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = JwtAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Accepts tokens with the `typ` `JWT` or without `typ`, as well as `at+jwt` (RFC 9068, section 4).
    ///
    /// **Danger**: other tokens that FNCY signs with the same keys, such as ID tokens, may then pass for access tokens.
    /// Only their audience still keeps them out.
    pub fn danger_admit_typ_jwt(mut self) -> Self {
        self.admits_typ_jwt = true;
        self
    }

    /// The check by these keys. The error ends a sentence about the check.
    pub(crate) fn verifier(&self) -> Result<JwtVerifier, String> {
        let keys = match &self.source {
            Source::Url(url) => {
                let url = SecureUrl::parse(url);
                let url = url.map_err(|error| format!("the address of its keys {error}"))?;
                Keys::At(RemoteKeys::new(url))
            }
            Source::Set(json) => Keys::Given(Arc::new(KeySet::parse(json.as_bytes()).ok_or(
                "its key set has no key that can be used; write JSON such as {\"keys\": [..]} with public keys, of which an RSA key has at least 2048 bits",
            )?)),
        };
        if self.algorithms.is_empty() {
            return Err("its list of algorithms is empty; name at least one".to_owned());
        }
        Ok(JwtVerifier {
            algorithms: self.algorithms.clone(),
            admits_typ_jwt: self.admits_typ_jwt,
            keys,
        })
    }
}

/// Shows no key, since the set may have private keys by mistake.
impl fmt::Debug for JwtKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKeys")
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
