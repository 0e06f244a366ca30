//! Requests to the provider, by their meaning. The driver writes them.

use crate::values::secret::Secret;
use crate::values::secure_url::SecureUrl;

/// A request to the provider.
#[derive(Clone, Copy, Debug)]
pub enum Exchange<'a> {
    /// Redeem an authorization code (RFC 6749, section 4.1.3).
    Redeem(&'a Redeem),
    /// Read the user data with an access token (RFC 6750, section 2.1).
    UserData {
        /// The token to show.
        access_token: &'a Secret,
    },
    /// Refresh a session's tokens (RFC 6749, section 6).
    Refresh {
        /// The token to use.
        refresh_token: &'a Secret,
    },
    /// Ask for an access token of the client's own (RFC 6749, section 4.4.2).
    ClientCredentials {
        /// The scopes to ask for, as [`ClientGrant::scope`](crate::ClientGrant::scope) writes them. Without any, the
        /// provider grants its default.
        scope: Option<&'a str>,
    },
    /// Ask about a token that a request shows (RFC 7662, section 2.1).
    Introspect {
        /// The token to ask about.
        token: &'a Secret,
        /// The introspection endpoint.
        url: &'a SecureUrl,
    },
    /// Read the keys of JWTs (RFC 7517, section 5).
    KeySet {
        /// The address of the keys.
        url: &'a SecureUrl,
    },
    /// Revoke a token (RFC 7009).
    Revoke(&'a Revoke),
}

/// The parts of a request that redeems a code.
#[derive(Debug)]
pub struct Redeem {
    /// The authorization code.
    pub code: Secret,
    /// The redirect URI of the sign-in. The token endpoint compares it (RFC 6749, section 4.1.3).
    pub redirect_uri: String,
    /// The code verifier (RFC 7636, section 4.5).
    pub verifier: Option<Secret>,
    /// The key of this sign-in. The driver redeems once for each key.
    pub key: [u8; 32],
}

/// A token to revoke.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The token.
    pub token: Secret,
    /// The kind of the token.
    pub kind: TokenKind,
}

/// The kind of a token, as a hint for its revocation (RFC 7009, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `access_token`
    Access,
    /// `refresh_token`
    Refresh,
}
