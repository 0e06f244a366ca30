//! Setting up a server that differs from the default one.

use std::time::Duration;

use crate::demo_user::DemoUser;
use crate::server::DevServer;
use crate::settings::{ScopeFormat, Settings, TokenBody};
use crate::start_error::StartError;

/// A development server about to be started; made by [`DevServer::builder`].
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
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    port: u16,
    settings: Settings,
}

impl Builder {
    /// The port to listen on, on 127.0.0.1. Default 0: one that is free.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The one registered client. Default `demo-app` with the secret `demo-secret`.
    pub fn client(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.settings.client_id = id.into();
        self.settings.client_secret = secret.into();
        self
    }

    /// Registers a redirect URI, compared character by character (RFC 9700 section 2.1). May be called
    /// again to register more. Without any, every redirect URI on a loopback host is good.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.settings.redirect_uris.push(uri.into());
        self
    }

    /// Who can sign in. Default: four users whose names and addresses differ in kind.
    pub fn users(mut self, users: Vec<DemoUser>) -> Self {
        self.settings.users = users;
        self
    }

    /// How long an access token is good for; `expires_in` is this in whole seconds. Default 5 minutes,
    /// short enough to meet a refresh while developing.
    pub fn access_token_life(mut self, life: Duration) -> Self {
        self.settings.access_token_life = life;
        self
    }

    /// Whether a refresh answers with a new refresh token and the old one, used again, revokes the whole
    /// family (RFC 9700 section 4.14.2). Default true. If false, the answer to a refresh has no refresh
    /// token and the old one stays good.
    pub fn rotation(mut self, rotation: bool) -> Self {
        self.settings.rotation = rotation;
        self
    }

    /// How `scope` is spelled in the token answer. Default: an array.
    pub fn scope_format(mut self, format: ScopeFormat) -> Self {
        self.settings.scope_format = format;
        self
    }

    /// Which bodies the token and revocation endpoints accept. Default: JSON.
    pub fn token_body(mut self, body: TokenBody) -> Self {
        self.settings.token_body = body;
        self
    }

    /// The issuer to name as `iss` in authorization answers (RFC 9207). Default `None`: not sent, since
    /// FNCY does not document it.
    pub fn issuer(mut self, issuer: Option<String>) -> Self {
        self.settings.issuer = issuer;
        self
    }

    /// Whether an authorization request without a code challenge is refused. Default false: FNCY does
    /// not document PKCE.
    pub fn pkce_required(mut self, required: bool) -> Self {
        self.settings.pkce_required = required;
        self
    }

    /// What the user data answer calls the user's ID. Default `id`; OpenID Connect says `sub`.
    pub fn user_id_member(mut self, name: impl Into<String>) -> Self {
        self.settings.user_id_member = name.into();
        self
    }

    /// Starts the server; it is listening when this returns.
    ///
    /// # Errors
    ///
    /// If the port is taken, a registered redirect URI is not one, or there is nobody to sign in.
    pub fn start(self) -> Result<DevServer, StartError> {
        DevServer::launch(self.port, self.settings)
    }
}
