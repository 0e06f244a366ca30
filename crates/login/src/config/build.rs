//! From settings to a login.
//!
//! Rule: every part is parsed before a missing part ends the build, so that all mistakes are found at once.

use std::hash::RandomState;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use fncy_login_core::{
    Core, DeviceBinding, Lifetimes, Newest, Provider, RedirectParam, References, Secret, SecureUrl,
    Settings, TokenPolicy,
};
use http::Method;
use http::header::HeaderName;
use oauth2::AuthType;

use crate::bearer::bearer_check::{self, TokenQuestion};
use crate::bearer::bearers::Bearers;
use crate::bearer::pauses::Pauses;
use crate::bearer::token_cache::TokenCache;
use crate::config::builder::LoginBuilder;
use crate::config::parser::Parser;
use crate::config::setting::Setting;
use crate::handle::coverage::CoverageWatch;
use crate::handle::listing::Listing;
use crate::handle::login::Inner;
use crate::handle::login::Login;
use crate::handle::redemptions::Redemptions;
use crate::handle::shared::Shared;
use crate::handle::watched::Watched;
use crate::hooks::events::Events;
use crate::hooks::request_context::WITH_SECRETS;
use crate::observe::duplicate_warning::Namesake;
use crate::observe::telemetry::Telemetry;
use crate::provider::api_client::ApiClient;
use crate::provider::choices::{AccountPrompt, ClientAuth, TokenBody, UserinfoMethod};
use crate::provider::client_credentials::client_tokens::ClientTokens;
use crate::provider::last_check::LastCheck;
use crate::provider::places::Places;
use crate::provider::provider_client::ProviderClient;
use crate::provider::sender::Sender;
use crate::refresh::parts::Parts;
use crate::refresh::refresher::Refresher;
use crate::refresh::refreshes::Refreshes;
use crate::store::memory::MemoryStore;
use crate::store::store_client::StoreClient;
use crate::store::store_watch::StoreWatch;
use crate::store::tasks::Tasks;
use crate::store::without_store::WithoutStore;

/// The shortest lifetime, in seconds. A shorter session would end before its first page is read.
const MIN_LIFE: u64 = 60;

impl LoginBuilder {
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
        let redirect_param = parser.choice::<RedirectParam>(Setting::RedirectParam);
        let body = parser.choice::<TokenBody>(Setting::TokenBody);
        let client_auth = parser.choice::<ClientAuth>(Setting::ClientAuth);
        let userinfo_method = parser.choice::<UserinfoMethod>(Setting::UserinfoMethod);
        let account_prompt = parser.choice::<AccountPrompt>(Setting::AccountPrompt);
        let dialect = parser.dialect();
        let scope = parser.scope(&dialect);
        let authorize_params = parser.authorize_params();
        let pointers = parser.pointers();
        let auth_time = parser.auth_time();
        let sites = parser.sites(&self.endpoint_prefix, self.home_path.as_deref());
        let known = sites.as_deref().unwrap_or_default();
        if let Some(site) = known.first() {
            let base = site.base();
            for pattern in self.choices.paths.with_base(base) {
                parser.errors.add_general(format!(
                    "The path {pattern:?} begins with {base:?}, which is the sub-path of the redirect URI; write the path without it."
                ));
            }
            for pattern in self.choices.paths.of_endpoints(site) {
                parser.errors.add_general(format!(
                    "The path {pattern:?} is an endpoint of the login itself, which no rule changes; remove the rule."
                ));
            }
        }
        let cookies = parser.cookies(known);
        let keys = parser.keys();
        let mistake = |sentence| parser.errors.add_general(sentence);
        let checks = bearer_check::all(&self.bearer_checks, pointers.as_ref(), mistake);
        let api = self.api_client(parser);
        let endpoints = [&token_url, &userinfo_url, &revocation_url].into_iter();
        let asked = checks.iter().filter_map(|(question, _)| question.url());
        let endpoints = endpoints.flatten().chain(asked);
        let endpoints: Vec<_> = endpoints.chain(&api.origins).collect();
        let client = self.client_of(&endpoints, parser);

        let mut sites = sites?.into_iter().zip(cookies?);
        let (site, cookies) = sites.next()?;
        let (token_url, client_id) = (token_url?, client_id?.to_owned());
        let redirect_param = redirect_param?;
        let namesake = Namesake {
            redirect_uri: site.redirect_uri().to_owned(),
            token_url: token_url.clone(),
            cookie: cookies.session_name().to_owned(),
        };
        let authorize_url = authorize_url?;
        let telemetry = Arc::new(Telemetry::new(parser.fingerprint()));
        let http = Sender {
            client,
            telemetry: Arc::clone(&telemetry),
            clock: Arc::clone(&self.clock),
            token_url: token_url.clone(),
            trace_context: self.trace_context.clone(),
        };
        let client = ProviderClient {
            http,
            authorize_url: authorize_url.clone(),
            token_url: token_url.clone(),
            userinfo_url: userinfo_url?,
            userinfo_method: match userinfo_method? {
                UserinfoMethod::Get => Method::GET,
                UserinfoMethod::Post => Method::POST,
            },
            revocation_url,
            client_id: client_id.clone(),
            client_secret: Newest::new(Secret::new(client_secret?.to_owned())),
            auth_type: match client_auth? {
                ClientAuth::Body => AuthType::RequestBody,
                ClientAuth::Basic => AuthType::BasicAuth,
            },
            body: body?,
            dialect: dialect.clone(),
            redirect_param,
        };
        let knows_auth_time = auth_time.is_some();
        let provider = Provider {
            authorize_url,
            token_url,
            client_id,
            client_secret: client.client_secret.get().clone(),
            redirect_param,
            scope,
            dialect,
            authorize_params: authorize_params?,
            account_prompt: account_prompt?.prompt(),
            pkce: self.pkce,
            danger_trust_requested_scope: self.danger_trust_requested_scope,
            keep_claims: self.keep_claims.clone(),
            issuer: parser.value(Setting::Issuer).map(str::to_owned),
            revocation: client.revocation_url.is_some(),
            sign_out_url,
            pointers: pointers?,
            auth_time,
        };
        let core = Core::new(Settings {
            site,
            other_sites: sites.collect(),
            provider,
            keys: keys?,
            cookies,
            asks_approval: self.on_login.is_some(),
            asks_on_refresh: self.on_refresh.is_some(),
            references: References::new(RandomState::new()),
            choices: self.choices.clone(),
        });
        Some(self.assemble(
            core,
            Arc::new(client),
            api,
            namesake,
            knows_auth_time,
            checks,
        ))
    }

    /// Checks what is set in code alone.
    fn check(&self, parser: &mut Parser<'_>) {
        let mut mistake = |sentence| parser.errors.add_general(sentence);
        if self.values.is_empty() {
            mistake(
                "No setting was given: `Login::from_env` and `.env()` read the environment of this process; `fncy-dev-server --env` prints settings for development.".to_owned(),
            );
        }
        for pattern in self.choices.paths.impossible() {
            mistake(format!(
                "The path {pattern:?} is not a plain path; write a path such as \"/admin\", without wildcards. The methods that end in `_prefix` take all below it as well."
            ));
        }
        for pattern in self.choices.paths.of_index_files() {
            let path = pattern.trim_end_matches('/');
            let directory = &path[..=path.rfind('/').unwrap_or_default()];
            mistake(format!(
                "The path {pattern:?} is an index file, which file servers serve for its directory too; write {directory:?}, which protects all below it."
            ));
        }
        for (path, scope) in self.choices.paths.impassable() {
            mistake(format!(
                "{scope:?}, which {path:?} requires, is not a valid scope; write ASCII without white space, quotation marks and backslashes."
            ));
        }
        let intents = &self.choices.intents;
        for (index, (name, options)) in intents.iter().enumerate() {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            if name.is_empty() || !name.bytes().all(is_plain) {
                mistake(format!(
                    "The name of the intent {name:?} is not plain; write letters, digits, hyphens and underscores."
                ));
            }
            if intents[..index].iter().any(|(other, _)| other == name) {
                mistake(format!(
                    "The intent {name:?} is there twice; remove one of the two."
                ));
            }
            if let Err(error) = options.check() {
                mistake(format!("The intent {name:?} can't be used: {error}."));
            }
        }
        for (index, origin) in self.choices.trusted_origins.iter().enumerate() {
            let is_origin = SecureUrl::parse(origin).is_ok_and(|url| url.origin() == *origin);
            if !is_origin || origin.contains('*') {
                let place = SecureUrl::place(origin).map(|place| format!(" ({place})"));
                mistake(format!(
                    "The trusted origin number {}{} is not a valid origin; write it as browsers do, such as https://admin.example: https, small letters, no wildcard, no path.",
                    index + 1,
                    place.unwrap_or_default()
                ));
            }
        }
        for name in &self.hook_headers {
            let is_in_lower_case = *name == name.to_ascii_lowercase();
            if WITH_SECRETS.contains(name) {
                mistake(format!(
                    "`hook_headers` names {name:?}, which holds secrets and is shown to no hook; remove it."
                ));
            } else if !is_in_lower_case || HeaderName::from_bytes(name.as_bytes()).is_err() {
                mistake(format!(
                    "`hook_headers` names {name:?}, which is not the name of a header in small letters; write a name such as \"user-agent\"."
                ));
            }
        }
        let lifetimes = self.choices.lifetimes;
        for (name, life) in [
            ("session_lifetime", lifetimes.session),
            ("idle_timeout", lifetimes.idle),
        ] {
            if !(MIN_LIFE..=Lifetimes::MAX).contains(&life) {
                let days = Lifetimes::MAX / (24 * 60 * 60);
                mistake(format!(
                    "`{name}` is {life} seconds; write a time from a minute to {days} days."
                ));
            }
        }
        if self.choices.paths.has_device_bound()
            && self.choices.device_binding != DeviceBinding::Offered
        {
            mistake(
                "`require_device_bound_prefix` is called, and `device_bound` is not, so the path would admit nobody; call `device_bound` too, or remove the guard.".to_owned(),
            );
        }
        if self.choices.sign_in_only && self.on_refresh.is_some() {
            mistake(
                "`on_refresh` is never called with `sign_in_only`, which keeps no token to refresh; remove one of the two.".to_owned(),
            );
        }
        if self.session_label.is_some()
            && let Some(store) = &self.store
            && store.session_lists().is_none()
        {
            mistake(
                "`list_sessions` needs a store with session lists, and this store has none; implement `SharedStore::session_lists`, or remove the call.".to_owned(),
            );
        }
        let uses_danger = self.admits_unverified || self.refreshes_without_store;
        if uses_danger && self.store.is_none() {
            mistake(
                "`danger_admit_without_store` and `danger_refresh_without_store` need a store; remove them, or call `store`.".to_owned(),
            );
        }
    }

    fn assemble(
        &self,
        core: Core,
        provider: Arc<ProviderClient>,
        api: ApiClient,
        namesake: Namesake,
        knows_auth_time: bool,
        checks: Vec<(TokenQuestion, TokenPolicy)>,
    ) -> Login {
        let telemetry = Arc::clone(&provider.http.telemetry);
        let clock = Arc::clone(&self.clock);
        let shared = self.store.clone();
        let shared = shared.unwrap_or_else(|| Arc::new(MemoryStore::new()));
        let places = Arc::new(Places::new(Arc::clone(&telemetry)));
        let tasks = Tasks::default();
        let events = Events::new(self.on_event.as_ref(), &clock, &telemetry);
        // If the store is in this process, or users are admitted without its answer, the instance is ready at once.
        let is_ready = self.store.is_none() || self.admits_unverified;
        let watch = StoreWatch::start(Arc::clone(&shared), Arc::clone(&telemetry), is_ready);
        let store_client = |store, watch| {
            let telemetry = Arc::clone(&telemetry);
            Arc::new(StoreClient::new(store, telemetry, watch))
        };
        let store = store_client(Arc::clone(&shared), Some(Arc::clone(&watch)));
        let refresher = Refresher(Arc::new(Parts {
            machine: core.refresh_machine(),
            clock: Arc::clone(&clock),
            provider: Arc::clone(&provider) as _,
            store: if self.refreshes_without_store {
                let here = MemoryStore::new();
                store_client(
                    Arc::new(WithoutStore {
                        store: shared,
                        here,
                    }),
                    None,
                )
            } else {
                Arc::clone(&store)
            },
            telemetry: Arc::clone(&telemetry),
            on_refresh: self.on_refresh.clone(),
            events: events.clone(),
            tasks: tasks.clone(),
            places: Arc::clone(&places),
            hasher: RandomState::new(),
            refreshes: Refreshes::new(),
        }));
        let bearers = (!checks.is_empty()).then(|| {
            Arc::new(Bearers {
                machine: core.bearer_machine(),
                checks,
                cache: TokenCache::new(),
                telemetry: Arc::clone(&telemetry),
                pauses: Pauses::default(),
                provider: Arc::clone(&provider),
                places: Arc::clone(&places),
                clock: Arc::clone(&clock),
            })
        });
        let label = self.session_label.clone();
        let listing = label.map(|label| {
            let (store, telemetry) = (Arc::clone(&store), Arc::clone(&telemetry));
            Listing::new(core.session_list(), store, telemetry, tasks.clone(), label)
        });
        Login(Shared::new(Inner {
            core,
            provider,
            api,
            places,
            clock,
            watch,
            store,
            tasks,
            is_draining: AtomicBool::new(false),
            redemptions: Redemptions::default(),
            client_tokens: ClientTokens::default(),
            refresher,
            watched: Watched::default(),
            telemetry,
            last_check: LastCheck::default(),
            coverage: CoverageWatch::default(),
            namesake: Arc::new(namesake),
            events,
            on_login: self.on_login.clone(),
            hook_headers: self.hook_headers.clone().into(),
            client_address: self.client_address.clone(),
            listing,
            hasher: RandomState::new(),
            knows_auth_time,
            auth_time_warning: Once::new(),
            admits_unverified: self.admits_unverified,
            bearers,
        }))
    }
}
