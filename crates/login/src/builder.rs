//! The builder: settings as text and as code, parsed into what the machine and the driver need.
//!
//! Rules: parsed once, at start, never validated again; every mistake is collected before any is
//! reported; the value of a secret is never shown.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fncy_login_core::{
    AuthorizeParams, CookiePolicy, Core, KeyRing, PathRules, Provider, RedirectParam, Secret,
    SecureUrl, Settings, Site, UserPointers,
};
use oauth2::AuthType;

use crate::cookie_secret::{self, Secrets};
use crate::env::{Clock, SystemClock};
use crate::http_client::HttpClient;
use crate::provider_client::{ProviderClient, TokenBody};
use crate::{ConfigError, Login, Setting};

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
    paths: PathRules,
    prefix: String,
    allow_preflight: bool,
    pkce: bool,
    clock: Arc<dyn Clock>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            values: BTreeMap::new(),
            paths: PathRules::default(),
            prefix: "/auth".to_owned(),
            allow_preflight: false,
            pkce: true,
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
        self.vars(found.collect::<Vec<_>>())
    }

    /// Takes settings by their names in the environment; other names are nobody's.
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

    /// Makes one path public, as the browser sends it. By default every path needs a user, since
    /// a forgotten rule then shows as a sign-in and not as a leak.
    pub fn public(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.public(path);
        self
    }

    /// Makes a path and all below it public.
    pub fn public_prefix(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.public_prefix(path);
        self
    }

    /// Turns the rule round: only this path and all below it need a user.
    pub fn protect_only(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.protect_only(path);
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
        let mut errors = ConfigError::default();
        let login = self.parse(&mut errors);
        errors.into_result(login)
    }

    /// Every part is parsed before any is missed, so that all mistakes are found.
    fn parse(&self, errors: &mut ConfigError) -> Option<Login> {
        for pattern in self.paths.impossible() {
            errors.add_general(format!(
                "The path {pattern:?} matches no request; write one that begins with a slash and has no escapes of plain characters."
            ));
        }
        let base = self.url(Setting::BaseUrl, errors);
        let below = |path| base.as_ref().map(|base| base.below(path));
        let authorize_url = self
            .optional_url(Setting::AuthorizeUrl, errors)
            .or_else(|| below("/v1/oauth2/authorize"));
        let token_url = self
            .optional_url(Setting::TokenUrl, errors)
            .or_else(|| below("/v1/oauth2/token"));
        let userinfo_url = self.url(Setting::UserinfoUrl, errors);
        let revocation_url = self.optional_url(Setting::RevocationUrl, errors);
        let sign_out_url = self.optional_url(Setting::SignOutUrl, errors);
        let client_id = self.required(Setting::ClientId, errors);
        let client_secret = self.required(Setting::ClientSecret, errors);
        let redirect_param = self.one_of(
            Setting::RedirectParam,
            &[
                ("both", RedirectParam::Both),
                ("redirect_uri", RedirectParam::RedirectUri),
                ("redirect_url", RedirectParam::RedirectUrl),
            ],
            errors,
        );
        let body = self.one_of(
            Setting::TokenBody,
            &[("json", TokenBody::Json), ("form", TokenBody::Form)],
            errors,
        );
        let auth_type = self.one_of(
            Setting::ClientAuth,
            &[
                ("body", AuthType::RequestBody),
                ("basic", AuthType::BasicAuth),
            ],
            errors,
        );
        let params = self.value(Setting::AuthorizeParams).unwrap_or_default();
        let authorize_params = AuthorizeParams::parse(params)
            .map_err(|reserved| {
                let rest = format_args!("has {}, which is set for you; leave it out", reserved.0);
                errors.add(Setting::AuthorizeParams, rest);
            })
            .ok();
        let pointers = self.pointers(errors);
        let site = self.site(errors);
        let cookies = self.cookies(site.as_ref(), errors);
        let keys = self.keys(errors);
        let (authorize_url, token_url, userinfo_url) = (authorize_url?, token_url?, userinfo_url?);

        let endpoints = [
            Some(&token_url),
            Some(&userinfo_url),
            revocation_url.as_ref(),
        ];
        let needs_roots = endpoints
            .into_iter()
            .flatten()
            .any(|url| !url.is_loopback());
        let http = HttpClient::new(needs_roots)
            .map_err(|_| {
                errors.add_general("No certificate of any authority was found on this machine; install the package ca-certificates, or set SSL_CERT_FILE.".to_owned());
            })
            .ok()?;
        let (client_id, site) = (client_id?, site?);
        let client = ProviderClient {
            http,
            token_url: token_url.clone(),
            userinfo_url,
            revocation_url,
            client_id: client_id.to_owned(),
            client_secret: Secret::new(client_secret?.to_owned()),
            auth_type: auth_type?,
            body: body?,
            redirect_uri: site.redirect_uri().to_owned(),
            redirect_param: redirect_param?,
        };
        let provider = Provider {
            authorize_url,
            token_url,
            client_id: client_id.to_owned(),
            redirect_param: redirect_param?,
            scope: self.value(Setting::Scope).map(str::to_owned),
            authorize_params: authorize_params?,
            pkce: self.pkce,
            issuer: self.value(Setting::Issuer).map(str::to_owned),
            revocation: client.revocation_url.is_some(),
            sign_out_url,
            pointers: pointers?,
        };
        let core = Core::new(Settings {
            site,
            provider,
            keys: keys?,
            cookies: cookies?,
            paths: self.paths.clone(),
            allow_preflight: self.allow_preflight,
        });
        Some(Login::new(core, client, Arc::clone(&self.clock)))
    }

    fn value(&self, setting: Setting) -> Option<&str> {
        let value = self.values.get(&setting)?.trim();
        (!value.is_empty()).then_some(value)
    }

    fn required(&self, setting: Setting, errors: &mut ConfigError) -> Option<&str> {
        let value = self.value(setting);
        if value.is_none() {
            let what = setting.about();
            let rest = format_args!("is not set; write this: {}", what.trim_end_matches('.'));
            errors.add(setting, rest);
        }
        value
    }

    fn url(&self, setting: Setting, errors: &mut ConfigError) -> Option<SecureUrl> {
        self.required(setting, errors)?;
        self.optional_url(setting, errors)
    }

    fn optional_url(&self, setting: Setting, errors: &mut ConfigError) -> Option<SecureUrl> {
        let value = self.value(setting)?;
        SecureUrl::parse(value)
            .map_err(|error| errors.add(setting, format_args!("is {value:?}, which {error}")))
            .ok()
    }

    /// One of a few words; the first is the default.
    fn one_of<T: Clone>(
        &self,
        setting: Setting,
        words: &[(&str, T)],
        errors: &mut ConfigError,
    ) -> Option<T> {
        let Some(value) = self.value(setting) else {
            return words.first().map(|(_, meaning)| meaning.clone());
        };
        let found = words.iter().find(|(word, _)| *word == value);
        if found.is_none() {
            let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let rest = format_args!("is {value:?}; write one of: {}", words.join(", "));
            errors.add(setting, rest);
        }
        found.map(|(_, meaning)| meaning.clone())
    }

    fn switch(&self, setting: Setting, errors: &mut ConfigError) -> bool {
        self.one_of(setting, &[("0", false), ("1", true)], errors)
            .unwrap_or_default()
    }

    fn site(&self, errors: &mut ConfigError) -> Option<Site> {
        let base_stripped = self.switch(Setting::BaseStripped, errors);
        let value = self.required(Setting::RedirectUri, errors)?;
        Site::new(value, &self.prefix, base_stripped)
            .map_err(|error| {
                errors.add(
                    Setting::RedirectUri,
                    format_args!("is {value:?}, which {error}"),
                );
            })
            .ok()
    }

    fn cookies(&self, site: Option<&Site>, errors: &mut ConfigError) -> Option<CookiePolicy> {
        let name = self.value(Setting::CookieName);
        let insecure = self.switch(Setting::DangerInsecureCookies, errors);
        let port = match site {
            Some(site) if insecure && !site.is_loopback() => {
                let rest =
                    "is for development, with a redirect URI on localhost only; leave it out";
                errors.add(Setting::DangerInsecureCookies, rest);
                return None;
            }
            site => site.map(Site::port).unwrap_or_default(),
        };
        let policy = if insecure {
            CookiePolicy::danger_insecure(name, port)
        } else {
            CookiePolicy::new(name)
        };
        if policy.is_none() {
            let rest = format_args!(
                "is {:?}; write up to 32 letters, digits and hyphens",
                name.unwrap_or_default()
            );
            errors.add(Setting::CookieName, rest);
        }
        policy
    }

    fn pointers(&self, errors: &mut ConfigError) -> Option<UserPointers> {
        let [id, name, email] =
            [Setting::UserId, Setting::UserName, Setting::UserEmail].map(|setting| {
                let value = self.value(setting)?;
                if UserPointers::new(Some(value), None, None).is_err() {
                    let rest = format_args!("is {value:?}; write a JSON pointer, such as /data/id");
                    errors.add(setting, rest);
                }
                Some(value)
            });
        UserPointers::new(id, name, email).ok()
    }

    fn keys(&self, errors: &mut ConfigError) -> Option<KeyRing> {
        let value = self.required(Setting::CookieSecret, errors)?;
        let Secrets { sealing, former } = cookie_secret::parse(value)
            .map_err(|mistake| errors.add(Setting::CookieSecret, mistake))
            .ok()?;
        KeyRing::new(&sealing, &former)
            .map_err(|weak| errors.add(Setting::CookieSecret, cookie_secret::explain(weak)))
            .ok()
    }
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
