//! From settings to a login.
//!
//! Rule: every part is parsed before any is missed, so that all mistakes are found at once.

use std::hash::RandomState;
use std::sync::Arc;

use fncy_login_core::{
    Core, Lifetimes, Newest, Provider, RedirectParam, Secret, SecureUrl, Settings,
};
use http::Method;
use oauth2::AuthType;

use crate::config::builder::LoginBuilder;
use crate::config::duplicate_warning::Namesake;
use crate::config::parser::Parser;
use crate::config::setting::Setting;
use crate::observe::meter;
use crate::provider::check::LastCheck;
use crate::provider::client_tokens::ClientTokens;
use crate::provider::connector::{NotHttp, Proxies};
use crate::provider::hyper_client::HyperClient;
use crate::provider::places::Places;
use crate::provider::provider_client::{ProviderClient, TokenBody};
use crate::provider::roots::roots;
use crate::provider::sender::Sender;
use crate::refresh::refresher::{Parts, Refresher};
use crate::refresh::refreshes::Refreshes;
use crate::request::live_session::Watched;
use crate::request::login::Inner;
use crate::request::login::Login;
use crate::request::placement;
use crate::request::redemptions::Redemptions;
use crate::store::memory::MemoryStore;
use crate::store::without_store::WithoutStore;

/// A session that ends sooner ends before its first page is read. Seconds.
const MIN_LIFE: u64 = 60;

impl LoginBuilder {
    /// Every part is parsed before any is missed, so that all mistakes are found.
    pub(crate) fn parse(&self, parser: &mut Parser<'_>) -> Option<Login> {
        self.check(parser);
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
        let userinfo_method = parser.one_of(
            Setting::UserinfoMethod,
            &[("get", Method::GET), ("post", Method::POST)],
        );
        let dialect = parser.dialect();
        let scope = parser.scope(&dialect);
        let account_prompt = parser.one_of(
            Setting::AccountPrompt,
            &[
                ("select_account", Some("select_account")),
                ("login", Some("login")),
                ("off", None),
            ],
        );
        let authorize_params = parser.authorize_params();
        let pointers = parser.pointers();
        let sites = parser.sites(&self.endpoint_prefix, self.home_path.as_deref());
        let known = sites.as_deref().unwrap_or_default();
        if let Some(site) = known.first() {
            let base = site.base();
            for pattern in self.paths.with_base(base) {
                parser.errors.add_general(format!(
                    "The path {pattern:?} has {base:?} in it, where the redirect URI puts the application; write paths as the application has them, without it."
                ));
            }
            for pattern in self.paths.of_endpoints(site) {
                parser.errors.add_general(format!(
                    "The path {pattern:?} is an endpoint of the login itself, which no rule changes; drop the rule."
                ));
            }
        }
        let cookies = parser.cookies(known);
        let keys = parser.keys();
        let http = self.sender([&token_url, &userinfo_url, &revocation_url], parser);

        let mut sites = sites?.into_iter().zip(cookies?);
        let (site, cookies) = sites.next()?;
        let (token_url, client_id) = (token_url?, client_id?.to_owned());
        let redirect_param = redirect_param?;
        let namesake = Namesake {
            redirect_uri: site.redirect_uri().to_owned(),
            token_url: token_url.clone(),
            cookie: cookies.session_name().to_owned(),
        };
        let client = ProviderClient {
            http,
            token_url: token_url.clone(),
            userinfo_url: userinfo_url?,
            userinfo_method: userinfo_method?,
            revocation_url,
            client_id: client_id.clone(),
            client_secret: Newest::new(Secret::new(client_secret?.to_owned())),
            auth_type: auth_type?,
            body: body?,
            dialect: dialect.clone(),
            redirect_param,
        };
        let provider = Provider {
            authorize_url: authorize_url?,
            token_url,
            client_id,
            client_secret: client.client_secret.get().clone(),
            redirect_param,
            scope,
            dialect,
            authorize_params: authorize_params?,
            account_prompt: account_prompt?,
            pkce: self.pkce,
            danger_trust_requested_scope: self.danger_trust_requested_scope,
            keep_claims: self.keep_claims.clone(),
            issuer: parser.value(Setting::Issuer).map(str::to_owned),
            revocation: client.revocation_url.is_some(),
            sign_out_url,
            pointers: pointers?,
        };
        let core = Core::new(Settings {
            site,
            other_sites: sites.collect(),
            provider,
            keys: keys?,
            cookies,
            protection: self.protection,
            paths: self.paths.clone(),
            asks_approval: self.on_login.is_some(),
            asks_on_refresh: self.on_refresh.is_some(),
            sign_in_only: self.sign_in_only,
            lifetimes: Lifetimes::new(self.session_lifetime.as_secs(), self.idle_timeout.as_secs()),
            allow_preflight: self.allow_preflight,
            clears_cache: self.clears_cache,
            trusted_origins: self.trusted_origins.clone(),
            own_page: self.own_page.clone(),
            language: self.language,
        });
        Some(self.assemble(core, Arc::new(client), namesake))
    }

    /// What can be wrong with the choices that are no text settings.
    fn check(&self, parser: &mut Parser<'_>) {
        let mut mistake = |sentence| parser.errors.add_general(sentence);
        if self.values.is_empty() {
            mistake(
                "No setting at all was given: was `.env()` forgotten, or does this process lack the environment that has them?".to_owned(),
            );
        }
        for pattern in self.paths.impossible() {
            mistake(format!(
                "The path {pattern:?} is no plain path; write one such as \"/admin\", which `public`, `background` and `danger_allow_cross_site` take alone, and all others with what is below it."
            ));
        }
        for pattern in self.paths.of_index_files() {
            let path = pattern.trim_end_matches('/');
            let directory = &path[..=path.rfind('/').unwrap_or_default()];
            mistake(format!(
                "The path {pattern:?} is an index file, which file servers serve for its directory too; write {directory:?}, which protects all that is in it."
            ));
        }
        for (path, scope) in self.paths.impassable() {
            mistake(format!(
                "The scope {scope:?}, which {path:?} requires, can be granted to nobody; write one, in ASCII and without white space, quotation marks and backslashes."
            ));
        }
        for (index, origin) in self.trusted_origins.iter().enumerate() {
            let is_origin = SecureUrl::parse(origin).is_ok_and(|url| url.origin() == *origin);
            if !is_origin || origin.contains('*') {
                let place = SecureUrl::place(origin).map(|place| format!(" ({place})"));
                mistake(format!(
                    "The trusted origin number {}{} is none; write one such as https://admin.example, as browsers do: https, small letters, without wildcards and without a path.",
                    index + 1,
                    place.unwrap_or_default()
                ));
            }
        }
        for (name, life) in [
            ("session_lifetime", self.session_lifetime),
            ("idle_timeout", self.idle_timeout),
        ] {
            if !(MIN_LIFE..=Lifetimes::MAX).contains(&life.as_secs()) {
                mistake(format!(
                    "The lifetime `{name}` is {} seconds; write one from a minute to 30 days.",
                    life.as_secs()
                ));
            }
        }
        if self.sign_in_only && self.on_refresh.is_some() {
            mistake(
                "`on_refresh` is never asked with `sign_in_only`, which keeps no token to refresh; drop one of the two.".to_owned(),
            );
        }
        let uses_danger = self.admits_unverified || self.refreshes_without_store;
        if uses_danger && self.store.is_none() {
            mistake(
                "`danger_admit_without_store` and `danger_refresh_without_store` are for an application with a `store`; drop them, or give it one.".to_owned(),
            );
        }
    }

    /// What carries requests to these endpoints. A development machine without certificates is good enough where all of
    /// them are on loopback.
    fn sender(&self, endpoints: [&Option<SecureUrl>; 3], parser: &mut Parser<'_>) -> Sender {
        if let Some(client) = &self.http_client {
            if parser.value(Setting::CaFile).is_some() {
                parser.errors.add(
                    Setting::CaFile,
                    "is for the login's own HTTP client; drop it, and have the client of `http_client` trust the file",
                );
            }
            return Sender(Arc::clone(client));
        }
        let proxies = Proxies::from_env();
        for url in endpoints.into_iter().flatten() {
            match proxies.place_of(url) {
                Ok(None) => {}
                Ok(Some(proxy)) => {
                    tracing::info!(proxy, host = url.origin(), "FNCY is asked through a proxy");
                }
                Err(NotHttp) => parser.errors.add_general(
                    "The proxy of HTTPS_PROXY or ALL_PROXY is none that is asked by http; write one such as http://proxy.example:3128, or name FNCY's host in NO_PROXY.".to_owned(),
                ),
            }
        }
        let mut endpoints = endpoints.into_iter().flatten();
        let needs_roots = endpoints.any(|url| !url.is_loopback());
        let roots = roots(needs_roots, parser);
        Sender(Arc::new(HyperClient::new(roots, proxies)))
    }

    fn assemble(&self, core: Core, provider: Arc<ProviderClient>, namesake: Namesake) -> Login {
        meter::describe();
        let clock = Arc::clone(&self.clock);
        let store = self.store.clone();
        let store = store.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let places = Arc::new(Places::new());
        let refresher = Refresher(Arc::new(Parts {
            machine: core.refresh_machine(),
            clock: Arc::clone(&clock),
            provider: Arc::clone(&provider) as _,
            store: if self.refreshes_without_store {
                Arc::new(WithoutStore {
                    store: Arc::clone(&store),
                    here: MemoryStore::new(),
                })
            } else {
                Arc::clone(&store)
            },
            on_refresh: self.on_refresh.clone(),
            places: Arc::clone(&places),
            hasher: RandomState::new(),
            refreshes: Refreshes::new(),
        }));
        Login(Arc::new(Inner {
            core,
            provider,
            places,
            clock,
            store,
            redemptions: Redemptions::default(),
            client_tokens: ClientTokens::default(),
            refresher,
            watched: Watched::default(),
            accepted: meter::Accepted::default(),
            last_check: LastCheck::default(),
            placement: placement::Watch::default(),
            namesake: Arc::new(namesake),
            on_login: self.on_login.clone(),
            client_address: self.client_address.clone(),
            hasher: RandomState::new(),
            admits_unverified: self.admits_unverified,
        }))
    }
}
