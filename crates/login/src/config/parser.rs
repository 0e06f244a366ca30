//! Settings as text, parsed into what they mean.
//!
//! Rules:
//! - A setting is parsed once, and never validated again.
//! - Every mistake is one sentence: the setting, what was found, what to write. The value of a secret is never shown.
//! - A value in quotation marks is a mistake: a shell removes the marks, and `docker run --env-file` keeps them.

use std::fmt::Display;

use fncy_login_core::{
    AuthTime, AuthorizeParams, CookiePolicy, KeyRing, SecureUrl, Site, TokenDialect, UserPointers,
};
use ring::digest::{Context, SHA256};

use crate::config::config_error::Mistakes;
use crate::config::secrets::cookie_secret;
use crate::config::setting::Setting;
use crate::config::values::Values;
use crate::observe::telemetry;
use crate::provider::choices::Choice;

/// What is in a pair of quotation marks.
pub(crate) fn in_quotes(value: &str) -> Option<&str> {
    let mut marks = ['"', '\''].into_iter();
    marks.find_map(|mark| value.strip_prefix(mark)?.strip_suffix(mark))
}

/// Parses settings, and collects what is wrong with them.
pub(crate) struct Parser<'a> {
    values: &'a Values,
    pub(crate) errors: Mistakes<'a>,
}

impl<'a> Parser<'a> {
    /// `errors` are those that were found when the values were put together.
    pub(crate) fn new(values: &'a Values, mut errors: Mistakes<'a>) -> Self {
        for (setting, value) in values.iter() {
            if in_quotes(value.trim()).is_some() {
                errors.add(setting, "is in quotation marks; write it without them");
            }
        }
        Self { values, errors }
    }

    /// What is in quotation marks is read, so that other mistakes are found as well. White space at the
    /// ends is the file's that it was read from.
    pub(crate) fn value(&self, setting: Setting) -> Option<&'a str> {
        let value = self.values.get(setting)?.trim();
        let value = in_quotes(value).unwrap_or(value);
        (!value.is_empty()).then_some(value)
    }

    /// A fingerprint of the settings that instances must have in common: eight hexadecimal digits.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Context::new(&SHA256);
        for setting in Setting::ALL.iter().filter(|setting| setting.is_shared()) {
            // A setting that is not set is left out, so a later version with more settings has the same fingerprint.
            for part in self
                .value(*setting)
                .map(|value| [setting.name(), value])
                .into_iter()
                .flatten()
            {
                hash.update(&part.len().to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        let hash = hash.finish();
        let start = hash.as_ref().iter().take(4);
        start.map(|byte| format!("{byte:02x}")).collect()
    }

    pub(crate) fn required(&mut self, setting: Setting) -> Option<&'a str> {
        let value = self.value(setting);
        if value.is_none() {
            let (first, rest) = setting.about().split_at(1);
            let what = format!("{}{rest}", first.to_lowercase());
            let what = what.split(". ").next().unwrap_or_default();
            let what = what.trim_end_matches('.');
            self.errors
                .add(setting, format_args!("is not set; it must be {what}"));
        }
        value
    }

    pub(crate) fn url(&mut self, setting: Setting) -> Option<SecureUrl> {
        self.required(setting)?;
        self.optional_url(setting)
    }

    pub(crate) fn optional_url(&mut self, setting: Setting) -> Option<SecureUrl> {
        let value = self.value(setting)?;
        SecureUrl::parse(value)
            .map_err(|error| self.wrong_address(setting, value, error))
            .ok()
    }

    /// Notes what is wrong with an address, of which no more is shown than where it leads.
    fn wrong_address(&mut self, setting: Setting, value: &str, error: impl Display) {
        let place = SecureUrl::place(value).map(|place| format!("({place}) "));
        let rest = format_args!("{}{error}", place.unwrap_or_default());
        self.errors.add(setting, rest);
    }

    pub(crate) fn authorize_url(&mut self) -> Option<SecureUrl> {
        let url = self.optional_url(Setting::AuthorizeUrl)?;
        if let Some(reserved) = AuthorizeParams::reserved_in(&url) {
            self.reserved(Setting::AuthorizeUrl, &reserved);
        }
        Some(url)
    }

    fn reserved(&mut self, setting: Setting, name: &str) {
        let rest = format_args!("has {name}, which the login sets; leave it out");
        self.errors.add(setting, rest);
    }

    /// One of a few words; the first is the default.
    pub(crate) fn choice<T: Choice>(&mut self, setting: Setting) -> Option<T> {
        let Some(value) = self.value(setting) else {
            return T::WORDS.first().map(|(_, meaning)| *meaning);
        };
        let found = T::WORDS.iter().find(|(word, _)| *word == value);
        if found.is_none() {
            let words: Vec<_> = T::WORDS.iter().map(|(word, _)| *word).collect();
            let rest = format_args!("is {value:?}; write one of: {}", words.join(", "));
            self.errors.add(setting, rest);
        }
        found.map(|(_, meaning)| *meaning)
    }

    fn switch(&mut self, setting: Setting) -> bool {
        self.choice(setting).unwrap_or_default()
    }

    /// The site of each redirect URI, the first one first.
    pub(crate) fn sites(&mut self, prefix: &str, home: Option<&str>) -> Option<Vec<Site>> {
        let base_stripped = self.switch(Setting::BaseStripped);
        let value = self.required(Setting::RedirectUri);
        if !Site::is_prefix(prefix) {
            self.errors.add_general(format!(
                "The endpoint prefix {prefix:?} is not a plain path; write a path such as \"/auth\", with a slash at its start and none at its end."
            ));
            return None;
        }
        let value = value?;
        if value.contains(",http") || value.split_whitespace().any(|uri| uri.ends_with(',')) {
            let rest = "has a comma between two addresses; write a space between them";
            self.errors.add(Setting::RedirectUri, rest);
            return None;
        }
        let sites: Vec<_> = value
            .split_whitespace()
            .map(|uri| {
                Site::new(uri, prefix, base_stripped)
                    .map_err(|error| self.wrong_address(Setting::RedirectUri, uri, error))
                    .ok()
            })
            .collect();
        let sites: Vec<_> = sites.into_iter().collect::<Option<_>>()?;
        self.compare(&sites);
        let Some(home) = home else {
            return Some(sites);
        };
        let sites = sites.into_iter().map(|site| site.with_home(home));
        let sites = sites.collect::<Result<_, _>>().ok();
        if sites.is_none() {
            self.errors.add_general(format!(
                "The home path {home:?} is not a plain path, or is an endpoint of the login; write a path such as \"/dashboard\"."
            ));
        }
        sites
    }

    /// Path rules, prefix and base are one for all sites, and a request's host tells sites apart.
    fn compare(&mut self, sites: &[Site]) {
        for (index, site) in sites.iter().enumerate() {
            let (host, mut former) = (site.host(), sites[..index].iter());
            if former.any(|former| former.host() == host) {
                let rest = format_args!(
                    "names the host {host} twice; write one address for each host, since browsers share cookies between its ports"
                );
                self.errors.add(Setting::RedirectUri, rest);
            }
            if !site.has_paths_of(&sites[0]) {
                let rest = format_args!(
                    "has another path at {host} than in its first address; write the same path at each host"
                );
                self.errors.add(Setting::RedirectUri, rest);
            }
        }
    }

    /// The cookies of each site.
    pub(crate) fn cookies(&mut self, sites: &[Site]) -> Option<Vec<CookiePolicy>> {
        let name = self.value(Setting::CookieName);
        let insecure = self.switch(Setting::DangerInsecureCookies);
        if insecure && !sites.iter().all(Site::is_loopback) {
            let rest = "is for development, with a redirect URI on localhost only; leave it out";
            self.errors.add(Setting::DangerInsecureCookies, rest);
            return None;
        }
        if CookiePolicy::new(name, None).is_none() {
            let name = name.unwrap_or_default();
            let rest = format_args!("is {name:?}; write up to 32 letters, digits and hyphens");
            self.errors.add(Setting::CookieName, rest);
        }
        let policies = sites.iter().map(|site| {
            let port = site.is_loopback().then(|| site.port());
            if insecure {
                CookiePolicy::danger_insecure(name, port.unwrap_or_default())
            } else {
                CookiePolicy::new(name, port)
            }
        });
        policies.collect()
    }

    pub(crate) fn pointers(&mut self) -> Option<UserPointers> {
        let [id, name, email] =
            [Setting::UserId, Setting::UserName, Setting::UserEmail].map(|setting| {
                let value = self.value(setting)?;
                if UserPointers::new(Some(value), None, None).is_err() {
                    let rest = format_args!("is {value:?}; write a JSON pointer, such as /data/id");
                    self.errors.add(setting, rest);
                }
                Some(value)
            });
        UserPointers::new(id, name, email).ok()
    }

    pub(crate) fn auth_time(&mut self) -> Option<AuthTime> {
        let value = self.value(Setting::AuthTime)?;
        let parsed = AuthTime::parse(value);
        if parsed.is_err() {
            let rest = format_args!(
                "is {value:?}; write a JSON pointer into the user data, such as /auth_time, or into the token answer, such as token:/auth_time"
            );
            self.errors.add(Setting::AuthTime, rest);
        }
        parsed.ok()
    }

    pub(crate) fn dialect(&mut self) -> TokenDialect {
        let separator = self.choice(Setting::ScopeSeparator);
        TokenDialect {
            scope_separator: separator.unwrap_or_default(),
            token_type: self.value(Setting::TokenType).map(str::to_owned),
        }
    }

    /// The scopes to ask for, with single spaces in between. A comma in one is allowed, and mostly a
    /// mistake.
    pub(crate) fn scope(&self, dialect: &TokenDialect) -> Option<String> {
        let separator = dialect.scope_separator;
        let scope = self.value(Setting::Scope)?;
        if separator.is_doubtful(scope) {
            telemetry::doubtful_scope();
        }
        let scopes: Vec<_> = separator.split(scope).collect();
        Some(scopes.join(" ")).filter(|scopes| !scopes.is_empty())
    }

    pub(crate) fn authorize_params(&mut self) -> Option<AuthorizeParams> {
        let query = self.value(Setting::AuthorizeParams).unwrap_or_default();
        let plain = query.trim_start_matches(['?', '&']);
        if plain != query {
            let rest = "begins with ? or &; write it without, such as prompt=consent";
            self.errors.add(Setting::AuthorizeParams, rest);
        }
        AuthorizeParams::parse(query)
            .map_err(|reserved| self.reserved(Setting::AuthorizeParams, &reserved.0))
            .ok()
    }

    pub(crate) fn keys(&mut self) -> Option<KeyRing> {
        let value = self.required(Setting::CookieSecret)?;
        let client_secret = self.value(Setting::ClientSecret);
        cookie_secret::keys(value, client_secret)
            .map_err(|mistake| self.errors.add(Setting::CookieSecret, mistake))
            .ok()
    }
}
