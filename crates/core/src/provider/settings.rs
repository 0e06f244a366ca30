//! What the machine must know of a provider and of the client's registration there.

use ring::digest::{SHA256, digest};

use crate::provider::scope::ScopeSeparator;
use crate::provider::user_data::UserPointers;
use crate::values::secret::Secret;
use crate::values::secure_url::SecureUrl;

/// A provider, and the client that is registered with it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Where browsers are sent to sign in (RFC 6749, section 3.1).
    pub authorize_url: SecureUrl,
    /// Where codes are redeemed (RFC 6749, section 3.2). The machine sends nothing there itself:
    /// it binds each login to this provider and to no other.
    pub token_url: SecureUrl,
    /// The client identifier (RFC 6749, section 2.2).
    pub client_id: String,
    /// The client secret. The machine sends it nowhere: it keys the hashes that stand for tokens.
    pub client_secret: Secret,
    /// How the redirect URI is spelled in requests.
    pub redirect_param: RedirectParam,
    /// The scopes to ask for, with single spaces in between; the server's default if none.
    pub scope: Option<String>,
    /// How it writes what RFC 6749 has in one way only.
    pub dialect: TokenDialect,
    /// More parameters of the authorize URL.
    pub authorize_params: AuthorizeParams,
    /// The `prompt` of a sign-in by which a person is to choose another account (OpenID Connect Core,
    /// section 3.1.2.1); none where the server knows no such one.
    pub account_prompt: Option<&'static str>,
    /// Whether a code challenge is sent (RFC 7636). On unless a server refuses parameters that it
    /// doesn't know.
    pub pkce: bool,
    /// If set, `iss` of each callback must equal it (RFC 9207).
    pub issuer: Option<String>,
    /// Whether tokens can be revoked at sign-out (RFC 7009).
    pub revocation: bool,
    /// Where browsers are sent after a sign-out, to end the provider's own session.
    pub sign_out_url: Option<SecureUrl>,
    /// Whether an answer that names no scope is taken to grant the scope that was asked for, as
    /// RFC 6749, section 5.1, has it. Off by default: a server that forgets to name what it left
    /// out would grant it (CVE-2022-31690).
    pub danger_trust_requested_scope: bool,
    /// The members of the user data that are kept in the session.
    pub keep_claims: Vec<String>,
    /// Where the user's id, name and email are in the user data.
    pub pointers: UserPointers,
}

/// Tells providers apart: the first bytes of a hash of their addresses.
pub(crate) type ProviderId = [u8; 8];

impl Provider {
    /// A fingerprint of this provider's addresses.
    pub(crate) fn id(&self) -> ProviderId {
        let addresses = [&self.authorize_url, &self.token_url].map(|url| url.as_str());
        let hash = digest(&SHA256, addresses.join(" ").as_bytes());
        std::array::from_fn(|index| hash.as_ref()[index])
    }
}

/// How a provider writes what RFC 6749 has in one way only. The default is the RFC's way.
#[derive(Clone, Debug, Default)]
pub struct TokenDialect {
    /// What separates scopes in requests and answers (section 3.3).
    pub scope_separator: ScopeSeparator,
    /// What a bearer token is called in answers (section 7.1), beside `Bearer`. Some servers say
    /// `BearerToken`. A token of another type must not be used as one.
    pub token_type: Option<String>,
}

/// How the redirect URI is spelled.
///
/// FNCY's documentation says `redirect_url` in its table and "Redirect URI" in its prose. A server
/// ignores parameters that it doesn't know (RFC 6749, sections 3.1 and 3.2), so both are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectParam {
    /// `redirect_uri` and `redirect_url`, with the same value: the default.
    #[default]
    Both,
    /// `redirect_uri`, as RFC 6749 has it.
    RedirectUri,
    /// `redirect_url`, as FNCY's parameter table has it.
    RedirectUrl,
}

impl RedirectParam {
    /// The names under which the redirect URI is sent.
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

/// A parameter that is ours to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamError(pub String);

impl AuthorizeParams {
    /// What the machine sets itself, or what would keep the answer from the callback's query.
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

    /// Reads a query string.
    ///
    /// # Errors
    ///
    /// [`ParamError`], with its name, for one that is ours to set.
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

    /// The parameter of an authorize URL's own query that is ours to set, if there is one.
    #[must_use]
    pub fn reserved_in(url: &SecureUrl) -> Option<String> {
        let mut pairs = url.url().query_pairs();
        let found = pairs.find(|(name, _)| Self::RESERVED.contains(&&**name));
        found.map(|(name, _)| name.into_owned())
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
