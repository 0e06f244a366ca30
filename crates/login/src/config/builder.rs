//! The builder: what an application decides, as text settings and as code.
//!
//! Rule: nothing is looked at before [`LoginBuilder::build`], which finds every mistake before it reports
//! any.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Language, OwnPage, PathRules, Protection};

use crate::config::config_error::ConfigError;
use crate::config::parser::Parser;
use crate::config::secret_files::SecretFiles;
use crate::config::setting::Setting;
use crate::observe::clock::{Clock, SystemClock};
use crate::observe::telemetry;
use crate::provider::http_client::HttpClient;
use crate::request::approval::{LoginHook, RefreshHook};
use crate::request::client_address::ClientAddress;
use crate::request::login::Login;
use crate::store::shared_store::SharedStore;

/// Settings that other crates of this project read.
const OF_COMPANIONS: [&str; 2] = ["FNCY_REDIS_URL", "FNCY_REDIS_URL_FILE"];

/// Settings as they were given.
pub(crate) type Values = BTreeMap<Setting, String>;

/// Puts a [`Login`] together.
///
/// ```no_run
/// # use fncy_login::{Login, Setting};
/// # fn main() -> Result<(), fncy_login::ConfigError> {
/// let login = Login::builder()
///     .env()
///     .set(Setting::Scope, "profile email")
///     .public_path("/")
///     .public_prefix("/assets")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct LoginBuilder {
    pub(crate) values: Values,
    pub(crate) paths: PathRules,
    pub(crate) endpoint_prefix: String,
    pub(crate) home_path: Option<String>,
    pub(crate) allow_preflight: bool,
    pub(crate) clears_cache: bool,
    pub(crate) trusted_origins: Vec<String>,
    pub(crate) session_lifetime: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) protection: Protection,
    pub(crate) pkce: bool,
    pub(crate) danger_trust_requested_scope: bool,
    pub(crate) keep_claims: Vec<String>,
    pub(crate) sign_in_only: bool,
    pub(crate) on_login: Option<LoginHook>,
    pub(crate) on_refresh: Option<RefreshHook>,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) own_page: Option<OwnPage>,
    pub(crate) language: Option<Language>,
    pub(crate) store: Option<Arc<dyn SharedStore>>,
    pub(crate) admits_unverified: bool,
    pub(crate) refreshes_without_store: bool,
    pub(crate) http_client: Option<Arc<dyn HttpClient>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl LoginBuilder {
    pub(crate) fn new() -> Self {
        Self {
            values: Values::new(),
            paths: PathRules::default(),
            endpoint_prefix: "/auth".to_owned(),
            home_path: None,
            allow_preflight: false,
            clears_cache: false,
            trusted_origins: Vec::new(),
            session_lifetime: Duration::from_secs(7 * 24 * 60 * 60),
            idle_timeout: Duration::from_secs(24 * 60 * 60),
            protection: Protection::Private,
            pkce: true,
            danger_trust_requested_scope: false,
            keep_claims: Vec::new(),
            sign_in_only: false,
            on_login: None,
            on_refresh: None,
            client_address: None,
            own_page: None,
            language: None,
            store: None,
            admits_unverified: false,
            refreshes_without_store: false,
            http_client: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Takes every setting that the environment has. A variable that begins with `FNCY_` and is no
    /// setting is warned of in the log.
    pub fn env(self) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "settings are read here and nowhere else"
        )]
        let found = Setting::ALL
            .iter()
            .filter_map(|setting| Some((setting.name(), std::env::var(setting.name()).ok()?)));
        let found: Vec<_> = found.collect();
        let known = |name: &str| {
            let mut ours = Setting::ALL.iter().map(|setting| setting.name());
            ours.any(|ours| ours == name) || OF_COMPANIONS.contains(&name)
        };
        for (name, _) in std::env::vars_os() {
            if let Some(name) = name.to_str().filter(|name| name.starts_with("FNCY_"))
                && !known(name)
            {
                tracing::warn!(
                    name,
                    "an environment variable looks like a setting, and is none"
                );
            }
        }
        self.env_from(found)
    }

    /// Takes settings by their names in the environment; other names are ignored.
    pub fn env_from<N: AsRef<str>>(mut self, vars: impl IntoIterator<Item = (N, String)>) -> Self {
        for (name, value) in vars {
            if let Some(setting) = Setting::ALL.iter().find(|s| s.name() == name.as_ref()) {
                self = self.set(*setting, value);
            }
        }
        self
    }

    /// Sets one setting; the last call counts. An empty value is no value, and white space at its ends is
    /// dropped. One in quotation marks is a mistake: a file of variables, or what read it, left them there. That
    /// holds for a client secret too: hardly any has quotation marks of its own round it, and many are pasted
    /// with some.
    pub fn set(mut self, setting: Setting, value: impl Into<String>) -> Self {
        self.values.insert(setting, value.into());
        self
    }

    /// Where our endpoints are. The default, `/auth`, is what registrations are likely to have;
    /// the redirect URI ends with this and `/callback`, or has another path, which is the callback's alone.
    pub fn endpoint_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.endpoint_prefix = prefix.into();
        self
    }

    /// Where people land who asked for no page: after `/auth/login` without `return_to`, and by the links
    /// of our pages. The front page, `/`, by default. In any script: `/대시보드`. Below a sub-path it is written without that; there
    /// `""` is `/sub` in place of `/sub/`, which is what axum's `nest` serves.
    pub fn home_path(mut self, path: impl Into<String>) -> Self {
        self.home_path = Some(path.into());
        self
    }

    /// Lets CORS preflights through without a user, for an application that answers them itself.
    /// Off by default: preflights carry no cookies, and a 401 is what a closed API says. A path that
    /// [`LoginBuilder::require_prefix`] guards answers none: a preflight has no user whom the guard could ask about. Put a CORS
    /// layer outside the login for those.
    pub fn allow_preflight(mut self) -> Self {
        self.allow_preflight = true;
        self
    }

    /// Has the browser clear its cache of the site at a sign-out (`Clear-Site-Data: "cache"`), so that its back
    /// button shows no page of the former user. Off by default: Chromium answers a sign-out later by that, the
    /// more the larger its cache is (see [defaults](crate::manual::defaults)). Pages that are answered with
    /// `Cache-Control: no-store` are in no cache either way.
    pub fn clear_cache_at_sign_out(mut self) -> Self {
        self.clears_cache = true;
        self
    }

    /// Lets the pages of another origin of yours send unsafe requests (POST, PUT, …) and open
    /// WebSockets with a user's session. By default only the application's own pages may, by
    /// `Sec-Fetch-Site` or `Origin`: a sibling domain is the same *site*, so `SameSite` cookies
    /// alone don't stop it. It must be of the same site, `https://admin.example.com` beside
    /// `https://app.example.com`: another site's pages send no `SameSite=Lax` cookie, and so no session, whatever
    /// is trusted. Where that is certain the log says so at start.
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// How long a session lasts, whatever happens. The default, a week, is how long a stolen cookie
    /// can be used at most; from a minute to 30 days.
    pub fn session_lifetime(mut self, life: Duration) -> Self {
        self.session_lifetime = life;
        self
    }

    /// How long a session lasts without a request. The default, a day, ends those on machines that are
    /// not their user's. It is moved on when a tenth of it has passed, by whatever is neither a prefetch,
    /// nor an upgrade, nor an event stream, nor `/auth/session`, nor a path that [`LoginBuilder::background_path`]
    /// names; on a public path only by pages that people open, and only while the access token lives, since
    /// nothing is refreshed there. From a minute to 30 days; more than [`LoginBuilder::session_lifetime`] is as much as that.
    pub fn idle_timeout(mut self, life: Duration) -> Self {
        self.idle_timeout = life;
        self
    }

    /// Keeps members of the user data in the session, for [`User::claim`](crate::User::claim).
    /// None by default: cookies are small, and what isn't kept can't be stolen.
    pub fn keep_claims<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.keep_claims.extend(names.into_iter().map(Into::into));
        self
    }

    /// Takes an answer that names no scope to grant what was asked for (RFC 6749, section 5.1). By
    /// default it grants nothing to [`LoginBuilder::require_scope_prefix`]: some servers leave out the scope
    /// when they should have said that they granted less (CVE-2022-31690).
    pub fn danger_trust_requested_scope(mut self) -> Self {
        self.danger_trust_requested_scope = true;
        self
    }

    /// Signs the session's first segment instead of encrypting it: user, claims and session data
    /// can then be read by whoever has the cookie, such as an edge worker. Tokens stay encrypted.
    /// Private by default: what nobody can read, nobody can leak. Both kinds open, so that the
    /// change signs nobody out.
    pub fn signed_cookies(mut self) -> Self {
        self.protection = Protection::Signed;
        self
    }

    /// Throws the tokens away at the sign-in: for an application that wants to know who somebody is,
    /// and calls nothing of FNCY's on their behalf. Where `FNCY_REVOCATION_URL` is set they are revoked. The session then lasts as long as
    /// [`LoginBuilder::session_lifetime`] and [`LoginBuilder::idle_timeout`] say, its cookie is small, and FNCY is never asked
    /// again. By default a session keeps its tokens, and opens no protected path once they can't be
    /// refreshed: whoever FNCY lets go is let go there with the next refresh. Not together with [`LoginBuilder::on_refresh`].
    pub fn sign_in_only(mut self) -> Self {
        self.sign_in_only = true;
        self
    }

    /// Sends no code challenge (RFC 7636), for a server that refuses parameters that it doesn't
    /// know. A stolen code can then be redeemed by whoever has the client secret.
    pub fn danger_without_pkce(mut self) -> Self {
        self.pkce = false;
        self
    }

    /// Gives several instances of the application a store that they share, such as `RedisStore` of the crate
    /// `fncy-login-redis`.
    ///
    /// A refresh token and a code are then used once among all instances, and a sign-out holds on all of them. By default
    /// each process has a [`MemoryStore`](crate::store::MemoryStore) of its own. Then a sign-out holds in the process
    /// that got it. Two instances may use the same refresh token, which a provider that rotates them takes for theft.
    ///
    /// While the store can't be reached, nothing is guessed, and users stay signed in:
    ///
    /// - A protected path answers 503 (`session_unverified`) with `Retry-After`, once the status of the session is more
    ///   than five seconds old.
    /// - A public path is served without a user.
    /// - A sign-in and a refresh end in 503 (`provider_unavailable`).
    /// - A sign-out removes the cookies, and the log says that the other instances could not be told.
    #[doc(alias = "Redis")]
    pub fn store(mut self, store: impl SharedStore) -> Self {
        self.store = Some(Arc::new(store));
        self
    }

    /// Admits sessions while the store can't say whether they were revoked.
    ///
    /// As long as the store is down, a user who was signed out may come back with a copy of the cookie.
    pub fn danger_admit_without_store(mut self) -> Self {
        self.admits_unverified = true;
        self
    }

    /// Refreshes tokens while the store can't be reached, for sessions that
    /// [`LoginBuilder::danger_admit_without_store`] admits.
    ///
    /// Two instances may then use the same refresh token. A provider that rotates them may end the session for that.
    pub fn danger_refresh_without_store(mut self) -> Self {
        self.refreshes_without_store = true;
        self
    }

    /// Sends requests to FNCY by another client, such as one with a certificate of its own. The default is hyper with
    /// rustls, through the proxy of `HTTPS_PROXY`, and trusts the system's authorities and those of
    /// [`Setting::CaFile`]. Deadlines, the number of requests at once and the judgement of answers stay the login's.
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// Replaces the system's clock, in tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Parses all settings. The log's line `login: ready` says that it is on, and for which address.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists everything that is missing or wrong at once.
    pub fn build(self) -> Result<Login, ConfigError> {
        let (mut values, mut errors) = (self.values.clone(), ConfigError::default());
        let files = SecretFiles::read(&mut values, &mut errors);
        let mut parser = Parser::new(&values, errors);
        let login = self.parse(&mut parser);
        let login = parser.errors.into_result(login)?;
        files.watch(&login);
        telemetry::ready(&login.0.core);
        telemetry::other_sites(&login.0.core, &self.trusted_origins);
        if self.store.is_none() {
            login.0.namesake.announce();
        }
        Ok(login)
    }
}

/// Shows which settings are there, and no value of any.
impl fmt::Debug for LoginBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.keys().map(|setting| setting.name()).collect();
        f.debug_struct("LoginBuilder")
            .field("set", &names)
            .field("paths", &self.paths)
            .field("prefix", &self.endpoint_prefix)
            .finish_non_exhaustive()
    }
}
