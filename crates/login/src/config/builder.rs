//! The builder of a login: from the environment, or by its methods.
//!
//! Rule: [`LoginBuilder::build`] checks all settings, and reports all mistakes together. No method before it fails.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{Choices, DeviceBinding, SignInOptions};

use crate::bearer::bearer_check::BearerCheck;
use crate::config::config_error::{ConfigError, Mistakes};
use crate::config::parser::Parser;
use crate::config::secrets::secret_files::SecretFiles;
use crate::config::setting::Setting;
use crate::config::values::{Origin, Values};
use crate::handle::client_address::ClientAddress;
use crate::handle::listing::Label;
use crate::handle::login::Login;
use crate::hooks::ask::{LoginHook, RefreshHook};
use crate::hooks::events::EventHook;
use crate::observe::clock::{Clock, SystemClock};
use crate::observe::telemetry;
use crate::observe::trace_context::TraceContext;
use crate::provider::http_client::HttpClient;
use crate::store::shared_store::SharedStore;

/// Settings that other crates of this project read.
const OF_COMPANIONS: [&str; 2] = ["FNCY_REDIS_URL", "FNCY_REDIS_URL_FILE"];

impl Login {
    /// Reads all settings from the environment: the variables of
    /// [`Setting`], every path protected, endpoints below `/auth`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists everything that is missing or wrong at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder().env().build()
    }

    /// Starts to put a login together.
    pub fn builder() -> LoginBuilder {
        LoginBuilder::new()
    }
}

/// Builds a [`Login`] from settings.
///
/// Each setting has a method. [`env`](Self::env) reads those that the environment has. Of two values for a setting, the
/// later one counts.
///
/// ```no_run
/// # use fncy_login::Login;
/// # fn main() -> Result<(), fncy_login::ConfigError> {
/// let login = Login::builder()
///     .env()
///     .scopes(["profile", "email"])
///     .public_path("/")
///     .public_prefix("/assets")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[doc(alias("config", "configuration", "settings", "options"))]
#[derive(Clone)]
#[must_use]
pub struct LoginBuilder {
    pub(crate) values: Values,
    pub(crate) choices: Choices,
    pub(crate) endpoint_prefix: String,
    pub(crate) home_path: Option<String>,
    pub(crate) pkce: bool,
    pub(crate) danger_trust_requested_scope: bool,
    pub(crate) keep_claims: Vec<String>,
    pub(crate) on_login: Option<LoginHook>,
    pub(crate) on_refresh: Option<RefreshHook>,
    pub(crate) on_event: Option<EventHook>,
    pub(crate) hook_headers: Vec<&'static str>,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) session_label: Option<Label>,
    /// The check of each prefix that accepts bearer tokens, with the prefix.
    pub(crate) bearer_checks: Vec<(String, BearerCheck)>,
    pub(crate) store: Option<Arc<dyn SharedStore>>,
    pub(crate) admits_unverified: bool,
    pub(crate) refreshes_without_store: bool,
    pub(crate) http_client: Option<Arc<dyn HttpClient>>,
    pub(crate) api_origins: Vec<String>,
    /// In bytes.
    pub(crate) api_answer_limit: usize,
    pub(crate) trace_context: Option<TraceContext>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl LoginBuilder {
    fn new() -> Self {
        Self {
            values: Values::default(),
            choices: Choices {
                // While some instances offer it and others do not yet, each takes the proofs.
                device_binding: if cfg!(feature = "device-bound") {
                    DeviceBinding::Accepted
                } else {
                    DeviceBinding::Off
                },
                ..Choices::default()
            },
            endpoint_prefix: "/auth".to_owned(),
            home_path: None,
            pkce: true,
            danger_trust_requested_scope: false,
            keep_claims: Vec::new(),
            on_login: None,
            on_refresh: None,
            on_event: None,
            hook_headers: Vec::new(),
            client_address: None,
            session_label: None,
            bearer_checks: Vec::new(),
            store: None,
            admits_unverified: false,
            refreshes_without_store: false,
            http_client: None,
            api_origins: Vec::new(),
            api_answer_limit: 1024 * 1024,
            trace_context: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Reads each setting that the environment has.
    ///
    /// If a variable begins with `FNCY_` and is not a setting, the log warns of it.
    #[doc(alias("environment", "dotenv"))]
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
                    "an environment variable begins with FNCY_ and is not a setting"
                );
            }
        }
        self.env_from(found)
    }

    /// Reads settings from pairs of names and values, with the names that they have in the environment. Other names are
    /// ignored. An empty value replaces no other value.
    pub fn env_from<N: AsRef<str>>(mut self, vars: impl IntoIterator<Item = (N, String)>) -> Self {
        for (name, value) in vars {
            if let Some(setting) = Setting::ALL.iter().find(|s| s.name() == name.as_ref())
                && !(value.trim().is_empty() && self.values.get(*setting).is_some())
            {
                self = self.set(*setting, value);
            }
        }
        self
    }

    /// Sets one setting to the text that its variable would have.
    ///
    /// An empty value counts as no value, and white space at its ends is dropped. A value in quotation marks is an error:
    /// a file of variables, or the program that read it, has left them there. In code, the setting's own method is
    /// shorter: [`Setting::method`] names it.
    pub fn set(mut self, setting: Setting, value: impl Into<String>) -> Self {
        self.values
            .insert(setting, Origin::Environment, value.into());
        self
    }

    /// The path that the login's endpoints are below. The default is `/auth`.
    ///
    /// The redirect URI ends with this path and `/callback`. If it has another path, that path is the callback's alone.
    #[doc(alias("callback"))]
    pub fn endpoint_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.endpoint_prefix = prefix.into();
        self
    }

    /// The path that a sign-in ends at, if no page was asked for. The login's pages link to it. The default is `/`.
    ///
    /// It may be in any script, such as `/대시보드`. Below a sub-path it is written without the sub-path; `""` is then
    /// `/sub` in place of `/sub/`, which is the path that axum's `nest` serves.
    #[doc(alias("redirect after login"))]
    pub fn home_path(mut self, path: impl Into<String>) -> Self {
        self.home_path = Some(path.into());
        self
    }

    /// Admits CORS preflights without a user, for an application that answers them itself.
    ///
    /// By default they get 401, since preflights carry no cookies. A path that [`require_prefix`](Self::require_prefix)
    /// guards admits none: a preflight has no user that the guard could check. For such paths put a CORS layer outside
    /// the login.
    #[doc(alias("cors", "options"))]
    pub fn allow_preflight(mut self) -> Self {
        self.choices.allow_preflight = true;
        self
    }

    /// Clears the browser's cache of the site at a sign-out (`Clear-Site-Data: "cache"`), so that the back button shows no
    /// page of the former user.
    ///
    /// It is off by default: the larger Chromium's cache is, the longer it delays the sign-out (see
    /// [defaults](crate::manual::reference::defaults)). A page with `Cache-Control: no-store` is in no cache either way.
    #[doc(alias("logout", "clear-site-data"))]
    pub fn clear_cache_at_sign_out(mut self) -> Self {
        self.choices.clears_cache = true;
        self
    }

    /// Lets the pages of another origin send unsafe requests (POST, PUT, …) and open WebSockets with a user's session.
    ///
    /// By default only the application's own pages may, by `Sec-Fetch-Site` or `Origin`. A sibling domain is the same
    /// *site*, so that `SameSite` cookies alone don't stop it. The origin must be of the same site, such as
    /// `https://admin.example.com` beside `https://app.example.com`: pages of another site send no `SameSite=Lax` cookie,
    /// and so no session. If that is certain, the log says so at start.
    #[doc(alias("csrf", "cors", "cross-site"))]
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.choices.trusted_origins.push(origin.into());
        self
    }

    /// Names a sign-in with options of its own, for a link: `/auth/login?with=calendar&return_to=/calendar`.
    ///
    /// FNCY gets these options, and `max_age` of the link. No other text of the link reaches FNCY. A link with an unknown
    /// name gets a page (400, `unknown_intent`). If an intent asks for a scope, the 403 page of a guard for that scope offers it ("Allow access"). More
    /// scopes for a signed-in user need a click on a page of your own origin: every other request gets that page first.
    ///
    /// The name has letters, digits, hyphens and underscores. An option that can't be sent is an error at start.
    ///
    /// ```
    /// # use fncy_login::{Login, SignInOptions};
    /// let builder = Login::builder()
    ///     .intent("calendar", SignInOptions::new().scope("calendar.read"))
    ///     .require_scope_prefix("/calendar", "calendar.read");
    /// ```
    #[doc(alias("prompt", "incremental authorization", "step-up"))]
    pub fn intent(mut self, name: impl Into<String>, options: SignInOptions) -> Self {
        self.choices.intents.push((name.into(), options));
        self
    }

    /// Keeps members of the user data in the session, for [`User::claim`](crate::User::claim). By default none is kept.
    ///
    /// Cookies are small, and data that isn't kept can't be stolen.
    #[doc(alias("roles", "groups"))]
    pub fn keep_claims<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.keep_claims.extend(names.into_iter().map(Into::into));
        self
    }

    /// Takes an answer without a scope to grant all scopes that were asked for (RFC 6749, section 5.1).
    ///
    /// By default such an answer grants no scope: some servers leave the scope out when they have granted less
    /// (CVE-2022-31690).
    pub fn danger_trust_requested_scope(mut self) -> Self {
        self.danger_trust_requested_scope = true;
        self
    }

    /// Sends no code challenge (RFC 7636), for a server that refuses parameters that it doesn't know.
    ///
    /// A stolen code can then be redeemed with the client secret alone.
    #[doc(alias("pkce"))]
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
    /// - A sign-in and a refresh end in 503 (`store_unavailable`).
    /// - A sign-out removes the cookies, and the log says that the other instances could not be told.
    #[doc(alias("redis", "cluster", "kubernetes", "instances", "session store"))]
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

    /// The clock that the login reads, for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Parses all settings. The log line `login: ready` names the address of the application.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists all settings that are missing or wrong.
    pub fn build(self) -> Result<Login, ConfigError> {
        let (mut values, mut errors) = (self.values.clone(), Mistakes::new(&self.values));
        let files = SecretFiles::read(&mut values, &mut errors);
        let mut parser = Parser::new(&values, errors);
        let login = self.parse(&mut parser);
        let login = parser.errors.into_result(login)?;
        files.watch(&login);
        let inner = &login.0;
        inner
            .telemetry
            .ready(&inner.core, &inner.provider.authorize_url);
        telemetry::other_sites(&inner.core, &self.choices.trusted_origins);
        if self.choices.paths.has_recent() && !inner.knows_auth_time {
            inner
                .auth_time_warning
                .call_once(telemetry::unproved_sign_in);
        }
        if self.store.is_none() {
            inner.namesake.announce();
        }
        Ok(login)
    }
}

/// Shows the names of the settings, and no value.
impl fmt::Debug for LoginBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self
            .values
            .iter()
            .map(|(setting, _)| setting.name())
            .collect();
        f.debug_struct("LoginBuilder")
            .field("set", &names)
            .field("paths", &self.choices.paths)
            .field("endpoint_prefix", &self.endpoint_prefix)
            .finish_non_exhaustive()
    }
}
