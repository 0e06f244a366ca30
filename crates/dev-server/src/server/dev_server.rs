//! The running server: a thread with its own runtime, stopped when the value is dropped.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use serde_json::Value;
use tokio::runtime;
use tokio::sync::oneshot;

use crate::config::demo_user::DemoUser;
use crate::config::endpoint::Endpoint;
use crate::config::redirect_uri;
use crate::config::settings::Settings;
use crate::faults::fault::Fault;
use crate::faults::fault_script::Hold;
use crate::faults::recorder::RecordedRequest;
use crate::server::accept::accept;
use crate::server::start_error::StartError;
use crate::sign_in::approve::{ApproveError, approve};
use crate::sign_in::token_for::token_for;
use crate::state::environment::{env_file, environment};
use crate::state::provider::Provider;
use crate::state::signing_keys::SigningKeys;
use crate::system::env;
use crate::system::lock::lock;

/// A running development server, which stops when it is dropped.
///
/// It serves requests on a thread with its own runtime. So it works in blocking and in async tests.
#[doc(alias("mock", "dev server", "localhost"))]
#[must_use = "the server stops when it is dropped"]
pub struct DevServer {
    provider: Arc<Provider>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl DevServer {
    /// Starts a server with the defaults on a free port. It listens when this function returns.
    ///
    /// # Errors
    ///
    /// If the system has no port, thread or randomness.
    pub fn start() -> Result<Self, StartError> {
        Self::launch(0, Settings::default())
    }

    pub(crate) fn launch(port: u16, settings: Settings) -> Result<Self, StartError> {
        if settings.users.is_empty() {
            return Err(StartError::NoUsers);
        }
        let mut redirect_uris = settings.redirect_uris.iter();
        if let Some(uri) = redirect_uris.find(|uri| redirect_uri::parse(uri).is_none()) {
            return Err(StartError::RedirectUri(uri.clone()));
        }
        let seed = env::random_seed().map_err(|_| StartError::Entropy)?;
        let bind = |source| StartError::Bind { port, source };
        // No setting changes the address, because the server's secrets are public.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let port = listener.local_addr().map_err(bind)?.port();

        let base_url = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let keys = SigningKeys::new().map_err(|_| StartError::Entropy)?;
        let provider = Arc::new(Provider::new(settings, base_url, &seed, keys));
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Runtime)?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener).map_err(StartError::Runtime)?
        };
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&provider);
        let thread = thread::Builder::new()
            .name("fncy-dev-server".to_owned())
            .spawn(move || {
                runtime.spawn(accept(listener, served));
                // An error means that the sender is dropped. That is the signal to stop.
                let _ = runtime.block_on(stopped);
            })
            .map_err(StartError::Runtime)?;
        Ok(Self {
            provider,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The base URL of the provider, such as `http://127.0.0.1:4000`.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.provider.base_url
    }

    /// The URL of an endpoint.
    #[must_use]
    pub fn url(&self, endpoint: Endpoint) -> String {
        self.provider.url(endpoint)
    }

    /// The URL of the user data endpoint.
    #[must_use]
    pub fn userinfo_url(&self) -> String {
        self.url(Endpoint::UserData)
    }

    /// The URL of the revocation endpoint.
    #[must_use]
    pub fn revocation_url(&self) -> String {
        self.url(Endpoint::Revoke)
    }

    /// The URL of the introspection endpoint (RFC 7662).
    #[must_use]
    pub fn introspection_url(&self) -> String {
        self.url(Endpoint::Introspect)
    }

    /// The URL of the JWKS endpoint, which has the public keys of JWTs (RFC 7517 section 5).
    #[must_use]
    pub fn jwks_url(&self) -> String {
        self.url(Endpoint::Jwks)
    }

    /// The `iss` of access tokens.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.provider.issuer()
    }

    /// The `aud` of access tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.provider.settings.audience
    }

    /// The URL that closes the provider's own session. Its parameter `return_to` takes a loopback
    /// address.
    #[doc(alias = "logout")]
    #[must_use]
    pub fn sign_out_url(&self) -> String {
        self.provider.sign_out_url()
    }

    /// The ID of the registered client.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.provider.settings.client_id
    }

    /// The secret of the registered client.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.provider.settings.client_secret
    }

    /// The environment variables by which an application uses this server, with their values.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 6] {
        environment(&self.provider)
    }

    /// The lines of an environment file for an application, as on the front page.
    ///
    /// The file has the variables of [`environment`](Self::environment), a redirect URI and a cookie
    /// secret. The redirect URI is the first registered one, or else
    /// `http://localhost:3000/auth/callback`. After a sign-out, the browser returns to the
    /// application.
    #[must_use]
    pub fn env_file(&self) -> String {
        env_file(&self.provider)
    }

    /// A cookie secret for an application (`FNCY_COOKIE_SECRET`): 32 bytes as base64. Each start of a
    /// server draws a new one.
    #[must_use]
    pub fn cookie_secret(&self) -> String {
        self.provider.ids.cookie_secret()
    }

    /// The users who can sign in.
    #[must_use]
    pub fn users(&self) -> &[DemoUser] {
        &self.provider.settings.users
    }

    /// Signs in and consents for a user, without a browser.
    ///
    /// Returns the application's callback URL with a code. The server shows no page and keeps no
    /// session or consent. It does not record the request and applies no fault to it.
    ///
    /// # Errors
    ///
    /// If the URL is not this server's authorization endpoint, the request is invalid, or the user is
    /// unknown.
    pub fn approve(&self, authorize_url: &str, user_id: &str) -> Result<String, ApproveError> {
        approve(&self.provider, authorize_url, user_id)
    }

    /// Issues an access token for a user, to any client, without a browser.
    ///
    /// The client needs no registration. `scope` is a list separated by spaces. The token has those
    /// scopes of the list that the user can grant. It is like a token of the token endpoint, without a
    /// refresh token.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use fncy_dev_server::{AccessTokenFormat, DevServer};
    ///
    /// let server = DevServer::builder().access_token_format(AccessTokenFormat::Jwt).start()?;
    /// let token = server.token_for("alex", "mobile-app", "profile calendar.read")?;
    /// assert_eq!(token.split('.').count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the user is unknown or can grant no scope of the list, or the list is malformed.
    pub fn token_for(
        &self,
        user_id: &str,
        client_id: &str,
        scope: &str,
    ) -> Result<String, ApproveError> {
        token_for(&self.provider, user_id, client_id, scope)
    }

    /// Revokes an access token, or a refresh token with all tokens of its authorization.
    pub fn revoke(&self, token: &str) {
        lock(&self.provider.grants).revoke(token);
    }

    /// Signs a JWT with any header and claims, by the newest key of the JWKS endpoint.
    ///
    /// So a test can send tokens that no server should issue. If the header has no `alg` or `kid`, this
    /// adds those of the key.
    ///
    /// ```
    /// # fn main() -> Result<(), fncy_dev_server::StartError> {
    /// use serde_json::json;
    ///
    /// let server = fncy_dev_server::DevServer::start()?;
    /// let header = json!({ "typ": "at+jwt" });
    /// let expired = json!({ "iss": server.issuer(), "aud": "demo-api", "sub": "alex", "exp": 1 });
    /// let token = server.sign_jwt(&header, &expired);
    /// # assert_eq!(token.split('.').count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn sign_jwt(&self, header: &Value, claims: &Value) -> String {
        let header = header.as_object().cloned().unwrap_or_default();
        self.provider.keys.newest().sign(header, claims)
    }

    /// The key set that the JWKS endpoint returns, as JSON.
    #[must_use]
    pub fn jwks(&self) -> String {
        self.provider.keys.jwks().to_string()
    }

    /// Adds a key, which signs all JWTs from now on. The key set keeps the old keys.
    ///
    /// # Errors
    ///
    /// If the system has no randomness.
    pub fn rotate_signing_key(&self) -> Result<(), StartError> {
        self.provider.keys.add().map_err(|_| StartError::Entropy)
    }

    /// Appends a fault to the endpoint's queue.
    pub fn fault(&self, endpoint: Endpoint, fault: Fault) {
        self.provider.faults.push(endpoint, fault);
    }

    /// Clears the faults of all endpoints. Requests that a fault already delays stay delayed.
    pub fn clear_faults(&self) {
        self.provider.faults.clear();
    }

    /// Makes requests to the endpoint wait until the hold is dropped.
    pub fn hold(&self, endpoint: Endpoint) -> Hold {
        self.provider.faults.hold(endpoint)
    }

    /// The last 10,000 requests to the endpoint, oldest first.
    #[must_use]
    pub fn requests(&self, endpoint: Endpoint) -> Vec<RecordedRequest> {
        self.provider.recorder.requests(endpoint)
    }

    /// The most requests to the endpoint that were in progress at the same time.
    #[must_use]
    pub fn peak_requests(&self, endpoint: Endpoint) -> u64 {
        self.provider.recorder.peak(endpoint)
    }

    /// The number of requests to the endpoint since the start.
    #[must_use]
    pub fn request_count(&self, endpoint: Endpoint) -> u64 {
        self.provider.recorder.total(endpoint)
    }

    /// All codes, access tokens and refresh tokens that the server has issued. A test can search
    /// logs, pages and cookies for them.
    #[must_use]
    pub fn issued_secrets(&self) -> Vec<String> {
        lock(&self.provider.grants).secrets().to_vec()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // `self` holds the stop signal, so this returns only if the thread fails.
            let _ = thread.join();
        }
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for DevServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevServer")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
