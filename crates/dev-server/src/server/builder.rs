//! The builder of a server.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use crate::config::demo_user::DemoUser;
use crate::config::settings::{AccessTokenFormat, ScopeFormat, Settings, TokenBody};
use crate::config::user_id_place::UserIdPlace;
use crate::config::users_file;
use crate::server::dev_server::DevServer;
use crate::server::start_error::StartError;
use crate::system::clock::Clock;

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
    users_file: Option<PathBuf>,
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
        self.users_file = None;
        self
    }

    /// Reads the users from a JSON file when the server starts, in place of [`users`](Self::users).
    ///
    /// The file holds an array with the data of each user. All members are free, except that each
    /// user has an ID of its own ([`user_id_member`](Self::user_id_member)), and that a name that
    /// begins with `$` is for this server: `$scopes` lists the scopes that the user can grant
    /// ([`DemoUser::scopes`]). The file has at most 1 MiB.
    ///
    /// ```json
    /// [
    ///   { "id": "mina", "name": "Mina Kim", "roles": ["admin"], "team": { "id": 7 } },
    ///   { "id": "guest", "$scopes": ["profile"] }
    /// ]
    /// ```
    pub fn users_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.users_file = Some(path.into());
        self
    }

    /// Sets the lifetime of access tokens; `expires_in` is the same in whole seconds. Default 5
    /// minutes, so that a developer sees refreshes.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.access_token_lifetime = lifetime;
        self
    }

    /// Sets the form of access tokens. Default: opaque, because FNCY documents no form.
    ///
    /// A JWT has the claims of RFC 9068 section 2.2, the `auth_time` of the user's sign-in, and the
    /// members of the user data. It is signed with ES256.
    pub fn access_token_format(mut self, format: AccessTokenFormat) -> Self {
        self.settings.access_token_format = format;
        self
    }

    /// Sets the audience (`aud`) of access tokens: the name of the API that they are for. Default
    /// `demo-api`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.settings.audience = audience.into();
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

    /// Sets the `iss` of authorization responses (RFC 9207) and of access tokens. Default `None`: the
    /// response has no `iss`, because FNCY does not document it, and tokens have the base URL.
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
    ///
    /// For a nested member, pass a JSON pointer (RFC 6901) such as `/user/id`.
    pub fn user_id_member(mut self, name: impl AsRef<str>) -> Self {
        self.settings.user_id_place = UserIdPlace::new(name.as_ref());
        self
    }

    /// Sets the clock for the times that others read: `auth_time` and `max_age`, `iat` and `exp` of
    /// access tokens, and the header `Date`. Default: the system's clock.
    ///
    /// At this server, the lifetimes of codes and tokens follow real time with any clock.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.settings.clock = Clock::new(now);
        self
    }

    /// Starts the server. It listens when this function returns.
    ///
    /// # Errors
    ///
    /// If the port is in use, a registered redirect URI is invalid, the list of users is empty, or the
    /// file of users has a mistake.
    pub fn start(self) -> Result<DevServer, StartError> {
        let mut settings = self.settings;
        if let Some(path) = self.users_file {
            let users = users_file::read(&path, &settings.user_id_place);
            settings.users = users.map_err(StartError::UsersFile)?;
        }
        DevServer::launch(self.port, settings)
    }
}
