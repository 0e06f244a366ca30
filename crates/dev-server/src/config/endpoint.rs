//! The endpoints that record their requests and take faults.

/// An endpoint of the authorization server or of its resource server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `GET /v1/oauth2/authorize`, which the browser visits. In `/_dev` paths: `authorize`.
    Authorize,
    /// `POST /v1/oauth2/token`, which FNCY calls its certifier. In `/_dev` paths: `token`.
    Token,
    /// `GET /v1/user`, the signed-in user's data. In `/_dev` paths: `user-data`.
    UserData,
    /// `POST /v1/oauth2/revoke`, which revokes a token. In `/_dev` paths: `revoke`.
    Revoke,
    /// `POST /v1/oauth2/introspect`, which says whether a token is active. In `/_dev` paths: `introspect`.
    Introspect,
    /// `GET /v1/oauth2/jwks`, the public keys of JWTs. In `/_dev` paths: `jwks`.
    Jwks,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 6] = [
        Self::Authorize,
        Self::Token,
        Self::UserData,
        Self::Revoke,
        Self::Introspect,
        Self::Jwks,
    ];

    /// The endpoint's path below the base URL, such as `/v1/user`.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorize => "/v1/oauth2/authorize",
            Self::Token => "/v1/oauth2/token",
            Self::UserData => "/v1/user",
            Self::Revoke => "/v1/oauth2/revoke",
            Self::Introspect => "/v1/oauth2/introspect",
            Self::Jwks => "/v1/oauth2/jwks",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::UserData => "user-data",
            Self::Revoke => "revoke",
            Self::Introspect => "introspect",
            Self::Jwks => "jwks",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|endpoint| endpoint.name() == name)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}
