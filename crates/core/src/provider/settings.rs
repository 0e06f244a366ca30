//! The settings of a provider, and of the client's registration there.

use ring::digest::{SHA256, digest};

use crate::provider::auth_time::AuthTime;
use crate::provider::scope::ScopeSeparator;
use crate::provider::user_data::UserPointers;
use crate::values::secret::Secret;
use crate::values::secure_url::SecureUrl;

/// A provider, and the client that is registered with it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The authorization endpoint, to which browsers are sent to sign in (RFC 6749, section 3.1).
    pub authorize_url: SecureUrl,
    /// The token endpoint, where codes are redeemed (RFC 6749, section 3.2). The core sends nothing there. It binds
    /// each transaction to this provider and to no other.
    pub token_url: SecureUrl,
    /// The client identifier (RFC 6749, section 2.2).
    pub client_id: String,
    /// The client secret. The core sends it nowhere. It is the key of the hashes of tokens.
    pub client_secret: Secret,
    /// The parameter of requests that has the redirect URI.
    pub redirect_param: RedirectParam,
    /// The scopes to ask for, with single spaces between them. Without any, the server grants its default.
    pub scope: Option<String>,
    /// How the provider's answers differ from RFC 6749.
    pub dialect: TokenDialect,
    /// More parameters of the authorize URL.
    pub authorize_params: AuthorizeParams,
    /// The `prompt` that lets a person choose another account (OpenID Connect Core, section 3.1.2.1), if the server has
    /// one.
    pub account_prompt: Option<&'static str>,
    /// Whether a code challenge is sent (PKCE, RFC 7636). Turn it off only for a server that refuses unknown
    /// parameters.
    pub pkce: bool,
    /// If set, the `iss` of each callback must equal it (RFC 9207).
    pub issuer: Option<String>,
    /// Whether the provider has a revocation endpoint, at which tokens are revoked at sign-out (RFC 7009).
    pub revocation: bool,
    /// The address to which browsers are sent after a sign-out, to end the provider's own session.
    pub sign_out_url: Option<SecureUrl>,
    /// Whether an answer without a scope grants the requested scope (RFC 6749, section 5.1).
    ///
    /// Off by default. If a server forgets to name the scopes that it left out, this grants them (CVE-2022-31690).
    pub danger_trust_requested_scope: bool,
    /// The members of the user data that are kept in the session.
    pub keep_claims: Vec<String>,
    /// The places of the user's id, name and email in the user data.
    pub pointers: UserPointers,
    /// The place of the sign-in's time, if the provider says it.
    pub auth_time: Option<AuthTime>,
}

/// The first bytes of a hash of a provider's addresses, which tell providers apart.
pub(crate) type ProviderId = [u8; 8];

impl Provider {
    /// A fingerprint of this provider's addresses.
    pub(crate) fn id(&self) -> ProviderId {
        let addresses = [&self.authorize_url, &self.token_url].map(|url| url.as_str());
        let hash = digest(&SHA256, addresses.join(" ").as_bytes());
        std::array::from_fn(|index| hash.as_ref()[index])
    }
}

/// How a provider's answers differ from RFC 6749. The default is the RFC's way.
#[derive(Clone, Debug, Default)]
pub struct TokenDialect {
    /// The separator of scopes in requests and answers (section 3.3).
    pub scope_separator: ScopeSeparator,
    /// Another name of bearer tokens in answers (section 7.1), beside `Bearer`. Some servers say `BearerToken`. A token
    /// of any other type is refused.
    pub token_type: Option<String>,
}

/// The parameter that has the redirect URI.
///
/// FNCY's documentation says `redirect_url` in its table and "Redirect URI" in its text. A server ignores unknown
/// parameters (RFC 6749, sections 3.1 and 3.2), so both are sent by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectParam {
    /// Both `redirect_uri` and `redirect_url`, with the same value. The default.
    #[default]
    Both,
    /// Only `redirect_uri`, as in RFC 6749.
    RedirectUri,
    /// Only `redirect_url`, as in FNCY's table of parameters.
    RedirectUrl,
}

impl RedirectParam {
    /// The names of the parameters that have the redirect URI.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Both => &["redirect_uri", "redirect_url"],
            Self::RedirectUri => &["redirect_uri"],
            Self::RedirectUrl => &["redirect_url"],
        }
    }
}

/// Parameters that an application adds to the authorize URL, such as `prompt=consent`.
#[derive(Clone, Debug, Default)]
pub struct AuthorizeParams(Vec<(String, String)>);

/// A parameter that the login sets itself, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamError(pub String);

impl AuthorizeParams {
    /// Parameters that the login sets itself, or that would move the answer out of the callback's query.
    const RESERVED: [&'static str; 11] = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "redirect_url",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    ];

    /// Parses a query string.
    ///
    /// # Errors
    ///
    /// [`ParamError`], if the login sets one of the parameters itself.
    ///
    /// ```
    /// use fncy_login_core::AuthorizeParams;
    ///
    /// assert!(AuthorizeParams::parse("prompt=consent&ui_locales=ko").is_ok());
    /// assert_eq!(AuthorizeParams::parse("state=x").unwrap_err().0, "state");
    /// ```
    pub fn parse(query: &str) -> Result<Self, ParamError> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        match pairs
            .iter()
            .find(|(name, _)| Self::RESERVED.contains(&name.as_str()))
        {
            Some((name, _)) => Err(ParamError(name.clone())),
            None => Ok(Self(pairs)),
        }
    }

    /// The first parameter in an authorize URL's own query that the login sets itself, if there is one.
    #[must_use]
    pub fn reserved_in(url: &SecureUrl) -> Option<String> {
        let mut pairs = url.url().query_pairs();
        let found = pairs.find(|(name, _)| Self::RESERVED.contains(&&**name));
        found.map(|(name, _)| name.into_owned())
    }

    /// Whether one sign-in may not set a parameter, given its name in lower case. Names that extensions of the protocol
    /// may use are among them.
    pub(crate) fn is_protected(name: &str) -> bool {
        const PREFIXES: [&str; 3] = ["code_challenge", "redirect_", "request"];
        name == "nonce"
            || Self::RESERVED.contains(&name)
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
