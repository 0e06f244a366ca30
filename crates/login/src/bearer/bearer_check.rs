//! How the bearer tokens of a prefix are checked, as the application chooses it.
//!
//! Rule: a check names the clients or the audiences whose tokens it accepts. Otherwise a token that the user gave to any
//! other application would open this one.

#[cfg(feature = "jwt")]
use std::sync::Arc;

use fncy_login_core::{SecureUrl, TokenPolicy, TokenSource, UserPointers};

#[cfg(feature = "jwt")]
use crate::bearer::jwt::jwt_keys::JwtKeys;
#[cfg(feature = "jwt")]
use crate::bearer::jwt::verifier::JwtVerifier;

/// How bearer tokens are checked, for [`LoginBuilder::bearer_prefix`](crate::LoginBuilder::bearer_prefix).
///
/// FNCY documents neither an introspection endpoint nor the format of its tokens, so the application chooses. The
/// manual's page on bearer tokens says what each check proves.
///
/// ```
/// use fncy_login::BearerCheck;
///
/// let check = BearerCheck::introspection("https://api.fncy.example/v1/oauth2/introspect")
///     .client("shop-mobile")
///     .client("shop-command-line");
/// ```
#[doc(alias("access token", "authorization header", "resource server"))]
#[derive(Clone, Debug)]
#[must_use]
pub struct BearerCheck {
    way: Way,
    clients: Vec<String>,
    audiences: Vec<String>,
    client_pointer: Option<String>,
    user_id: Option<String>,
    any_client: bool,
}

#[derive(Clone, Debug)]
enum Way {
    Introspection(String),
    UserData,
    #[cfg(feature = "jwt")]
    Jwt {
        issuer: String,
        keys: JwtKeys,
    },
}

/// How a token is checked: by which endpoint of FNCY, or here.
#[derive(Clone, Debug)]
pub(crate) enum TokenQuestion {
    /// The introspection endpoint.
    Introspection(SecureUrl),
    /// The user data endpoint.
    UserData,
    /// By its signature.
    #[cfg(feature = "jwt")]
    Jwt(Arc<JwtVerifier>),
}

impl TokenQuestion {
    /// The address that is asked, apart from the user data endpoint.
    pub(crate) fn url(&self) -> Option<&SecureUrl> {
        match self {
            Self::Introspection(url) => Some(url),
            Self::UserData => None,
            #[cfg(feature = "jwt")]
            Self::Jwt(verifier) => verifier.keys_url(),
        }
    }
}

impl BearerCheck {
    /// Asks FNCY's introspection endpoint (RFC 7662) about each token. The address is https, or http on a loopback host.
    ///
    /// The request is authenticated with the login's client ID and secret. A token is accepted if FNCY calls it active,
    /// and if its client and its audience are among those that [`client`](Self::client) and
    /// [`audience`](Self::audience) name. Call at least one of the two.
    ///
    /// FNCY's answer must name the client in any case, in `client_id`, `azp`, `cid` or at
    /// [`client_pointer`](Self::client_pointer). Otherwise a client's own token could pass for a user's.
    pub fn introspection(url: impl Into<String>) -> Self {
        Self::by(Way::Introspection(url.into()))
    }

    /// Reads FNCY's user data with each token.
    ///
    /// User data prove that the token works, but not for which client it was made. Any application in which the user
    /// signs in with FNCY could send its token here. So name the place of the client in the user data by
    /// [`client_pointer`](Self::client_pointer), and the client by [`client`](Self::client).
    pub fn user_data() -> Self {
        Self::by(Way::UserData)
    }

    /// Checks each token here as a JWT (RFC 9068), by the keys of FNCY. FNCY is not asked about the token.
    ///
    /// A token is accepted if a key has signed it, if its `iss` is `issuer`, and if it has not expired. Its `aud` must have
    /// a name of [`audience`](Self::audience), so call that at least once. The token must name its client, in `client_id`,
    /// `azp`, `cid` or at [`client_pointer`](Self::client_pointer).
    ///
    /// The token is accepted until it expires, even if FNCY revokes it.
    ///
    /// ```
    /// use fncy_login::{BearerCheck, JwtKeys};
    ///
    /// let keys = JwtKeys::from_url("https://api.fncy.example/v1/oauth2/jwks");
    /// let check = BearerCheck::jwt("https://api.fncy.example", keys).audience("https://shop.example/api");
    /// ```
    #[cfg(feature = "jwt")]
    pub fn jwt(issuer: impl Into<String>, keys: JwtKeys) -> Self {
        let issuer = issuer.into();
        Self::by(Way::Jwt { issuer, keys })
    }

    fn by(way: Way) -> Self {
        Self {
            way,
            clients: Vec::new(),
            audiences: Vec::new(),
            client_pointer: None,
            user_id: None,
            any_client: false,
        }
    }

    /// Accepts tokens of this client, by its client ID. Further calls add clients.
    pub fn client(mut self, id: impl Into<String>) -> Self {
        self.clients.push(id.into());
        self
    }

    /// Accepts tokens for this audience (`aud`). Further calls add audiences. If clients are named too, a token needs
    /// both.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// The place of the client ID in FNCY's answer, as a JSON pointer (RFC 6901). The default is `/client_id`, as in
    /// RFC 7662. User data have no default.
    pub fn client_pointer(mut self, pointer: impl Into<String>) -> Self {
        self.client_pointer = Some(pointer.into());
        self
    }

    /// The place of the user's id in FNCY's answer, as a JSON pointer (RFC 6901).
    ///
    /// The default is `/sub`, and for user data the place of `FNCY_USER_ID`. The id must be the one that user data have.
    /// Otherwise a person would be two users.
    pub fn user_id(mut self, pointer: impl Into<String>) -> Self {
        self.user_id = Some(pointer.into());
        self
    }

    /// Accepts tokens of every client, for user data that don't name the client.
    ///
    /// **Danger**: any application in which a user signs in with FNCY can then act here as that user.
    pub fn danger_any_client(mut self) -> Self {
        self.any_client = true;
        self
    }

    /// The parts of the check. `users` are the places in the user data. The error ends a sentence about the check.
    pub(crate) fn parts(
        &self,
        users: &UserPointers,
    ) -> Result<(TokenQuestion, TokenPolicy), String> {
        let (question, source) = match &self.way {
            Way::Introspection(url) => {
                let url = SecureUrl::parse(url)
                    .map_err(|error| format!("its introspection address {error}"))?;
                (
                    TokenQuestion::Introspection(url),
                    TokenSource::Introspection,
                )
            }
            Way::UserData => (TokenQuestion::UserData, TokenSource::UserData),
            #[cfg(feature = "jwt")]
            Way::Jwt { issuer, .. } if issuer.is_empty() => {
                return Err("its issuer is empty; write the `iss` of FNCY's tokens".to_owned());
            }
            // RFC 9068, section 4.
            #[cfg(feature = "jwt")]
            Way::Jwt { .. } if self.audiences.is_empty() => {
                return Err("it names no audience, which a JWT needs; call `audience`".to_owned());
            }
            #[cfg(feature = "jwt")]
            Way::Jwt { issuer, keys } => {
                let issuer = issuer.clone();
                let verifier = TokenQuestion::Jwt(Arc::new(keys.verifier()?));
                (verifier, TokenSource::Jwt { issuer })
            }
        };
        let is_user_data = source == TokenSource::UserData;
        let names_any = !self.clients.is_empty() || !self.audiences.is_empty();
        match (self.any_client, names_any, is_user_data) {
            (true, true, _) => {
                return Err("it names a client or an audience, and calls `danger_any_client` too; remove one of the two".to_owned());
            }
            (true, false, false) => {
                return Err(
                    "`danger_any_client` is for `user_data` alone; call `client` or `audience`"
                        .to_owned(),
                );
            }
            (false, false, false) => {
                return Err(
                    "it names neither a client nor an audience; call `client` or `audience`"
                        .to_owned(),
                );
            }
            (false, _, true) if self.clients.is_empty() || self.client_pointer.is_none() => {
                return Err("user data do not say for which client a token was made; call `client_pointer` and `client`, or `danger_any_client`".to_owned());
            }
            _ => {}
        }
        let client = self.client_pointer.as_deref().unwrap_or("/client_id");
        if !client.starts_with('/') {
            return Err(format!(
                "`client_pointer` is {client:?}; write a JSON pointer such as \"/client_id\""
            ));
        }
        let users = match self.user_id.as_deref() {
            None if is_user_data => users.clone(),
            None if !users.may_be_at("/sub") => {
                return Err("FNCY_USER_ID names another place than \"/sub\", where a token has its user; call `user_id` with the place in FNCY's answer that has the same id".to_owned());
            }
            id => users.clone().with_id(id.unwrap_or("/sub")).map_err(|_| {
                "`user_id` is not a JSON pointer; write one such as \"/sub\"".to_owned()
            })?,
        };
        let policy = TokenPolicy {
            source,
            clients: self.clients.clone(),
            audiences: self.audiences.clone(),
            client: client.to_owned(),
            user: users,
        };
        Ok((question, policy))
    }
}

/// The parts of the check of each prefix. `users` are the places in the user data.
pub(crate) fn all(
    checks: &[(String, BearerCheck)],
    users: Option<&UserPointers>,
    mut mistake: impl FnMut(String),
) -> Vec<(TokenQuestion, TokenPolicy)> {
    let mut all = Vec::new();
    for (index, (path, check)) in checks.iter().enumerate() {
        let is_same = |other: &str| other.trim_end_matches('/') == path.trim_end_matches('/');
        if checks[..index].iter().any(|(other, _)| is_same(other)) {
            mistake(format!(
                "Two checks of bearer tokens are for {path:?}; remove one of the two."
            ));
        }
        match users.map(|users| check.parts(users)) {
            Some(Ok(parts)) => all.push(parts),
            Some(Err(problem)) => mistake(format!(
                "The check of bearer tokens for {path:?} can't be used: {problem}."
            )),
            None => {}
        }
    }
    all
}
