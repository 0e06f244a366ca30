//! The builder of a server.

use std::time::Duration;

use crate::config::demo_user::DemoUser;
use crate::config::settings::{ScopeFormat, Settings, TokenBody};
use crate::server::dev_server::DevServer;
use crate::server::start_error::StartError;

/// A builder of a [`DevServer`], made by [`DevServer::builder`].
///
/// ```
/// use fncy_dev_server::{DevServer, TokenBody};
///
/// # fn main() -> Result<(), fncy_dev_server::StartError> {
/// let server = DevServer::builder()
///     .client("shop", "s3cret")
///     .redirect_uri("https://shop.test/login/callback")
///     .token_body(TokenBody::Form)
///     .start()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct DevServerBuilder {
    port: u16,
    settings: Settings,
}

impl DevServer {
    /// Creates a builder, for a server with other settings than the defaults.
    pub fn builder() -> DevServerBuilder {
        DevServerBuilder::default()
    }
}

impl DevServerBuilder {
    /// Sets the port on 127.0.0.1. Default 0: a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets ID and secret of the registered client. Default `demo-app` and `demo-secret`.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.client_id = id.into();
        self.settings.client_secret = secret.into();
        self
    }

    /// Registers a redirect URI. Call it again to register several.
    ///
    /// Redirect URIs are compared character by character (RFC 9700 section 2.1). Default: every
    /// redirect URI on a loopback host is registered.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.redirect_uris.push(uri.into());
        self
    }

    /// Sets the users who can sign in. Default: four users with different kinds of names and
    /// addresses.
    pub fn users(mut self, users: Vec<DemoUser>) -> Self {
        self.settings.users = users;
        self
    }

    /// Sets the lifetime of access tokens; `expires_in` is the same in whole seconds. Default 5
    /// minutes, so that a developer sees refreshes.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.access_token_lifetime = lifetime;
        self
    }

    /// Turns refresh token rotation on or off. Default on.
    ///
    /// With rotation, each refresh returns a new refresh token, and a second use of the old one
    /// revokes all tokens of the authorization (RFC 9700 section 4.14.2). Without rotation, the
    /// response to a refresh has no refresh token, and the old one stays valid.
    pub fn refresh_token_rotation(mut self, rotation: bool) -> Self {
        self.settings.refresh_token_rotation = rotation;
        self
    }

    /// Sets the spelling of `scope` in the token response. Default: an array.
    pub fn scope_format(mut self, format: ScopeFormat) -> Self {
        self.settings.scope_format = format;
        self
    }

    /// Sets the body encodings that the token and revocation endpoints accept. Default: JSON.
    pub fn token_body(mut self, body: TokenBody) -> Self {
        self.settings.token_body = body;
        self
    }

    /// Sets the `iss` of authorization responses (RFC 9207). Default `None`: the response has no
    /// `iss`, because FNCY does not document it.
    pub fn issuer(mut self, issuer: Option<String>) -> Self {
        self.settings.issuer = issuer;
        self
    }

    /// Sets whether an authorization request needs a code challenge. Default false, because FNCY does
    /// not document PKCE.
    pub fn pkce_required(mut self, required: bool) -> Self {
        self.settings.pkce_required = required;
        self
    }

    /// Sets the member of the user data that holds the user's ID. Default `id`. OpenID Connect uses
    /// `sub`.
    pub fn user_id_member(mut self, name: impl Into<String>) -> Self {
        self.settings.user_id_member = name.into();
        self
    }

    /// Starts the server. It listens when this function returns.
    ///
    /// # Errors
    ///
    /// If the port is in use, a registered redirect URI is invalid, or the list of users is empty.
    pub fn start(self) -> Result<DevServer, StartError> {
        DevServer::launch(self.port, self.settings)
    }
}
