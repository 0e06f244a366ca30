//! The endpoints whose requests are recorded and which can be made to fail.

/// An endpoint of the authorization server or of its resource server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `GET /v1/oauth2/authorize`, where the browser is sent. `authorize` over HTTP.
    Authorize,
    /// `POST /v1/oauth2/token`, FNCY's certifier. `token` over HTTP.
    Token,
    /// `GET /v1/user`, the signed-in user's data. `user-data` over HTTP.
    UserData,
    /// `POST /v1/oauth2/revoke`. `revoke` over HTTP.
    Revoke,
}

impl Endpoint {
    pub(crate) const ALL: [Self; 4] = [Self::Authorize, Self::Token, Self::UserData, Self::Revoke];

    /// Its path below the base address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Authorize => "/v1/oauth2/authorize",
            Self::Token => "/v1/oauth2/token",
            Self::UserData => "/v1/user",
            Self::Revoke => "/v1/oauth2/revoke",
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::UserData => "user-data",
            Self::Revoke => "revoke",
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
