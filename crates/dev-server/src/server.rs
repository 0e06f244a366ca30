//! The running server: a thread with a runtime of its own, stopped when the value is dropped.

use std::fmt;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use tokio::runtime;
use tokio::sync::oneshot;

use crate::accept::accept;
use crate::authorize::{ApproveError, approve};
use crate::builder::Builder;
use crate::demo_user::DemoUser;
use crate::endpoint::Endpoint;
use crate::env;
use crate::fault::Fault;
use crate::fault_script::Hold;
use crate::loopback::parse_redirect_uri;
use crate::provider::{Provider, lock};
use crate::recorder::RecordedRequest;
use crate::settings::Settings;
use crate::start_error::StartError;

/// A running development server. Dropping it stops it.
///
/// It can be used from a blocking test as well as from an async one: it needs no runtime of the
/// caller's, and its requests are served on a thread of its own.
#[must_use = "the server stops when it is dropped"]
pub struct DevServer {
    provider: Arc<Provider>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl DevServer {
    /// Starts a server with the defaults on a free port; it is listening when this returns.
    ///
    /// # Errors
    ///
    /// If the system gives no port, thread or randomness.
    pub fn start() -> Result<Self, StartError> {
        Self::builder().start()
    }

    /// A server that differs from the default one.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn launch(port: u16, settings: Settings) -> Result<Self, StartError> {
        if settings.users.is_empty() {
            return Err(StartError::NoUsers);
        }
        if let Some(uri) = settings
            .redirect_uris
            .iter()
            .find(|u| parse_redirect_uri(u).is_none())
        {
            return Err(StartError::RedirectUri(uri.clone()));
        }
        let seed = env::random_seed().map_err(|_| StartError::Entropy)?;
        let bind = |source| StartError::Bind { port, source };
        // There is no way to ask for another address: its secrets are public.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(bind)?;
        listener.set_nonblocking(true).map_err(bind)?;
        let port = listener.local_addr().map_err(bind)?.port();

        let base_url = format!("http://{}:{port}", Ipv4Addr::LOCALHOST);
        let provider = Arc::new(Provider::new(settings, base_url, &seed));
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
                // An error means that the sender is gone, which is as good a reason to stop.
                let _ = runtime.block_on(stopped);
            })
            .map_err(StartError::Runtime)?;
        Ok(Self {
            provider,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it listens, such as `http://127.0.0.1:4000`: the base address of the provider.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.provider.base_url
    }

    /// The address of an endpoint.
    #[must_use]
    pub fn url(&self, endpoint: Endpoint) -> String {
        self.provider.url(endpoint)
    }

    /// The address of the user data endpoint.
    #[must_use]
    pub fn userinfo_url(&self) -> String {
        self.url(Endpoint::UserData)
    }

    /// The address of the revocation endpoint.
    #[must_use]
    pub fn revocation_url(&self) -> String {
        self.url(Endpoint::Revoke)
    }

    /// The address that ends the provider's own session; takes a loopback `return_to`.
    #[must_use]
    pub fn sign_out_url(&self) -> String {
        self.provider.sign_out_url()
    }

    /// The registered client's ID.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.provider.settings.client_id
    }

    /// The registered client's secret.
    #[must_use]
    pub fn client_secret(&self) -> &str {
        &self.provider.settings.client_secret
    }

    /// The environment variables an application needs to use this server, with their values.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 6] {
        self.provider.environment()
    }

    /// The same as lines of an environment file, with those that are the application's own: the redirect URI, which
    /// is the first that is registered and else `http://localhost:3000/auth/callback`, a cookie secret, and a
    /// sign-out that comes back to the application. The front page shows these lines.
    #[must_use]
    pub fn variables(&self) -> String {
        self.provider.variables()
    }

    /// What an application can seal its cookies with (`FNCY_COOKIE_SECRET`): 32 bytes as base64, which were
    /// drawn at this server's start.
    #[must_use]
    pub fn cookie_secret(&self) -> String {
        self.provider.ids.cookie_secret()
    }

    /// Who can sign in.
    #[must_use]
    pub fn users(&self) -> &[DemoUser] {
        &self.provider.settings.users
    }

    /// What comes of an authorization request if this user signs in and allows it: the address at the
    /// application to go back to, with a code. It is for tests without a browser: no page is shown, nothing is
    /// remembered of the person, and the request is neither recorded nor met by a fault.
    ///
    /// # Errors
    ///
    /// If the address is not this server's authorization endpoint, the request is not as the application was
    /// registered, or there is no such user.
    pub fn approve(&self, authorize_url: &str, user_id: &str) -> Result<String, ApproveError> {
        approve(&self.provider, authorize_url, user_id)
    }

    /// Adds a fault behind those already waiting at the endpoint.
    pub fn fault(&self, endpoint: Endpoint, fault: Fault) {
        self.provider.faults.push(endpoint, fault);
    }

    /// Clears the faults of all endpoints. Requests already delayed stay delayed.
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

    /// The most requests to the endpoint that were worked on at the same time.
    #[must_use]
    pub fn most_at_once(&self, endpoint: Endpoint) -> u64 {
        self.provider.recorder.most_at_once(endpoint)
    }

    /// How many requests the endpoint has received since the start.
    #[must_use]
    pub fn request_count(&self, endpoint: Endpoint) -> u64 {
        self.provider.recorder.total(endpoint)
    }

    /// Every code, access token and refresh token ever issued, so that a test can search logs, pages
    /// and cookies for them.
    #[must_use]
    pub fn issued_secrets(&self) -> Vec<String> {
        lock(&self.provider.grants).secrets().to_vec()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            // Nobody else can stop it, so this returns only if the thread fails.
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
