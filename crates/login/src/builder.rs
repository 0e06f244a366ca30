//! The builder: what an application decides, as text settings and as code.
//!
//! Rule: every mistake is found before any is reported.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    Core, Lifetimes, PathRules, Protection, Provider, RedirectParam, Secret, SecureUrl, Settings,
};
use oauth2::AuthType;

use crate::approval::Hook;
use crate::env::{Clock, SystemClock};
use crate::http_client::{HttpClient, NoRoots};
use crate::parser::Parser;
use crate::provider_client::{ProviderClient, TokenBody};
use crate::{Approval, ConfigError, Login, NewLogin, Refusal, Setting};

/// Puts a [`Login`] together.
///
/// ```no_run
/// use fncy_login::{Login, Setting};
///
/// # fn main() -> Result<(), fncy_login::ConfigError> {
/// let login = Login::builder()
///     .env()
///     .set(Setting::Scope, "profile email")
///     .public("/")
///     .public_prefix("/assets")
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Builder {
    values: BTreeMap<Setting, String>,
    pub(crate) paths: PathRules,
    prefix: String,
    allow_preflight: bool,
    trusted_origins: Vec<String>,
    absolute: Duration,
    idle: Duration,
    protection: Protection,
    pkce: bool,
    trust_requested_scope: bool,
    keep_claims: Vec<String>,
    on_login: Option<Hook>,
    clock: Arc<dyn Clock>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            values: BTreeMap::new(),
            paths: PathRules::default(),
            prefix: "/auth".to_owned(),
            allow_preflight: false,
            trusted_origins: Vec::new(),
            absolute: Duration::from_secs(7 * 24 * 60 * 60),
            idle: Duration::from_secs(24 * 60 * 60),
            protection: Protection::Private,
            pkce: true,
            trust_requested_scope: false,
            keep_claims: Vec::new(),
            on_login: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Takes every setting that the environment has.
    pub fn env(self) -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "settings are read here and nowhere else"
        )]
        let found = Setting::ALL
            .iter()
            .filter_map(|setting| Some((setting.name(), std::env::var(setting.name()).ok()?)));
        let found: Vec<_> = found.collect();
        let known = |name: &str| Setting::ALL.iter().any(|setting| setting.name() == name);
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
        self.vars(found)
    }

    /// Takes settings by their names in the environment; other names are ignored.
    pub fn vars<N: AsRef<str>>(mut self, vars: impl IntoIterator<Item = (N, String)>) -> Self {
        for (name, value) in vars {
            if let Some(setting) = Setting::ALL.iter().find(|s| s.name() == name.as_ref()) {
                self = self.set(*setting, value);
            }
        }
        self
    }

    /// Sets one setting; the last call counts. An empty value is no value.
    pub fn set(mut self, setting: Setting, value: impl Into<String>) -> Self {
        self.values.insert(setting, value.into());
        self
    }

    /// Where our endpoints are. The default, `/auth`, is what registrations are likely to have;
    /// the redirect URI must end with this and `/callback`.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Lets CORS preflights through without a user, for an application that answers them itself.
    /// Off by default: preflights carry no cookies, and a 401 is what a closed API says.
    pub fn allow_preflight(mut self) -> Self {
        self.allow_preflight = true;
        self
    }

    /// Lets the pages of another origin of yours send unsafe requests (POST, PUT, …) and open
    /// WebSockets with a user's session. By default only the application's own pages may, by
    /// `Sec-Fetch-Site` or `Origin`: a sibling domain is the same *site*, so `SameSite` cookies
    /// alone don't stop it.
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// How long a session lasts, whatever happens. The default, a week, is how long a stolen cookie
    /// can be used at most; 30 days is the longest.
    pub fn absolute(mut self, life: Duration) -> Self {
        self.absolute = life;
        self
    }

    /// How long a session lasts without a request. The default, a day, ends those on machines that
    /// are not their user's. It is moved on when a tenth of it has passed, by whatever is neither a
    /// prefetch, nor an upgrade, nor a path that [`Builder::background`] names.
    pub fn idle(mut self, life: Duration) -> Self {
        self.idle = life;
        self
    }

    /// Has a word to say over each sign-in: called once for each, with what FNCY says of the user,
    /// after the code was redeemed and before there is a session. It may add data to the session,
    /// or refuse with a message for the person. It has what is left of the request's 15 seconds.
    ///
    /// ```
    /// use fncy_login::{Approval, Login, NewLogin, Refusal};
    ///
    /// let builder = Login::builder().on_login(async |login: NewLogin| {
    ///     let data: serde_json::Value = login
    ///         .user_data()
    ///         .map_err(|_| Refusal::new("Your account could not be read."))?;
    ///     if data["email"].as_str().is_some_and(|email| email.ends_with("@our.example")) {
    ///         Ok(Approval::new())
    ///     } else {
    ///         Err(Refusal::new("This site is for members of Our Example."))
    ///     }
    /// });
    /// ```
    pub fn on_login<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(NewLogin) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Approval, Refusal>> + Send + 'static,
    {
        self.on_login = Some(Arc::new(move |login| Box::pin(hook(login))));
        self
    }

    /// Keeps members of the user data in the session, for [`User::claim`](crate::User::claim).
    /// None by default: cookies are small, and what isn't kept can't be stolen.
    pub fn keep_claims<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.keep_claims.extend(names.into_iter().map(Into::into));
        self
    }

    /// Takes an answer that names no scope to grant what was asked for (RFC 6749, section 5.1). By
    /// default it grants nothing to [`Builder::require_scope`]: some servers leave out the scope
    /// when they should have said that they granted less (CVE-2022-31690).
    pub fn trust_requested_scope(mut self) -> Self {
        self.trust_requested_scope = true;
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

    /// Sends no code challenge (RFC 7636), for a server that refuses parameters that it doesn't
    /// know. A stolen code can then be redeemed by whoever has the client secret.
    pub fn danger_without_pkce(mut self) -> Self {
        self.pkce = false;
        self
    }

    /// Replaces the system's clock, in tests.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Parses all settings.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists everything that is missing or wrong at once.
    pub fn build(self) -> Result<Login, ConfigError> {
        let mut parser = Parser::new(&self.values);
        let login = self.parse(&mut parser);
        parser.errors.into_result(login)
    }

    /// Every part is parsed before any is missed, so that all mistakes are found.
    fn parse(&self, parser: &mut Parser<'_>) -> Option<Login> {
        for pattern in self.paths.impossible() {
            parser.errors.add_general(format!(
                "The path {pattern:?} is no plain path; write one such as \"/admin\", which covers all below it in `protect_only`, `public_prefix` and `require`."
            ));
        }
        for origin in &self.trusted_origins {
            if SecureUrl::parse(origin).map(|url| url.origin()).as_ref() != Ok(origin) {
                parser.errors.add_general(format!(
                    "The trusted origin {origin:?} is none; write one such as https://admin.example, without a path."
                ));
            }
        }
        let base = parser.url(Setting::BaseUrl);
        let below = |path| base.as_ref().map(|base| base.below(path));
        let authorize_url = parser
            .authorize_url()
            .or_else(|| below("/v1/oauth2/authorize"));
        let token_url = parser
            .optional_url(Setting::TokenUrl)
            .or_else(|| below("/v1/oauth2/token"));
        let userinfo_url = parser.url(Setting::UserinfoUrl);
        let revocation_url = parser.optional_url(Setting::RevocationUrl);
        let sign_out_url = parser.optional_url(Setting::SignOutUrl);
        let client_id = parser.required(Setting::ClientId);
        let client_secret = parser.required(Setting::ClientSecret);
        let redirect_param = parser.one_of(
            Setting::RedirectParam,
            &[
                ("both", RedirectParam::Both),
                ("redirect_uri", RedirectParam::RedirectUri),
                ("redirect_url", RedirectParam::RedirectUrl),
            ],
        );
        let body = parser.one_of(
            Setting::TokenBody,
            &[("json", TokenBody::Json), ("form", TokenBody::Form)],
        );
        let auth_type = parser.one_of(
            Setting::ClientAuth,
            &[
                ("body", AuthType::RequestBody),
                ("basic", AuthType::BasicAuth),
            ],
        );
        let authorize_params = parser.authorize_params();
        let pointers = parser.pointers();
        let site = parser.site(&self.prefix);
        if let Some(site) = &site {
            for pattern in self.paths.beside(site.base()) {
                parser.errors.add_general(format!(
                    "The path {pattern:?} is not below {:?}, where the redirect URI puts the application; write paths as browsers send them.",
                    site.base()
                ));
            }
        }
        let cookies = parser.cookies(site.as_ref());
        let keys = parser.keys();
        let http = http_client([&token_url, &userinfo_url, &revocation_url], parser);

        let (site, token_url, client_id) = (site?, token_url?, client_id?.to_owned());
        let redirect_param = redirect_param?;
        let client = ProviderClient {
            http: http?,
            token_url: token_url.clone(),
            userinfo_url: userinfo_url?,
            revocation_url,
            client_id: client_id.clone(),
            client_secret: Secret::new(client_secret?.to_owned()),
            auth_type: auth_type?,
            body: body?,
            redirect_uri: site.redirect_uri().to_owned(),
            redirect_param,
        };
        let provider = Provider {
            authorize_url: authorize_url?,
            token_url,
            client_id,
            redirect_param,
            scope: parser.value(Setting::Scope).map(str::to_owned),
            authorize_params: authorize_params?,
            pkce: self.pkce,
            trust_requested_scope: self.trust_requested_scope,
            keep_claims: self.keep_claims.clone(),
            issuer: parser.value(Setting::Issuer).map(str::to_owned),
            revocation: client.revocation_url.is_some(),
            sign_out_url,
            pointers: pointers?,
        };
        let core = Core::new(Settings {
            site,
            provider,
            keys: keys?,
            cookies: cookies?,
            protection: self.protection,
            paths: self.paths.clone(),
            asks_approval: self.on_login.is_some(),
            lifetimes: Lifetimes::new(self.absolute.as_secs(), self.idle.as_secs()),
            allow_preflight: self.allow_preflight,
            trusted_origins: self.trusted_origins.clone(),
        });
        let clock = Arc::clone(&self.clock);
        Some(Login::new(core, client, clock, self.on_login.clone()))
    }
}

/// A client for these endpoints. A development machine without certificates is good enough where
/// all of them are on loopback.
fn http_client(endpoints: [&Option<SecureUrl>; 3], parser: &mut Parser<'_>) -> Option<HttpClient> {
    let needs_roots = endpoints
        .into_iter()
        .flatten()
        .any(|url| !url.is_loopback());
    HttpClient::new(needs_roots)
        .map_err(|NoRoots| {
            parser.errors.add_general(
                "No certificate of any authority was found on this machine; install the package ca-certificates, or set SSL_CERT_FILE.".to_owned(),
            );
        })
        .ok()
}

/// Shows which settings are there, and no value of any.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.values.keys().map(|setting| setting.name()).collect();
        f.debug_struct("Builder")
            .field("set", &names)
            .field("paths", &self.paths)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
