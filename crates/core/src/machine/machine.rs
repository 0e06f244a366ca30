//! The machine of one site: its settings, and the values derived from them once.

use std::mem::take;
use std::sync::Arc;

use crate::cookies::vault::Vault;
use crate::machine::settings::{Choices, DeviceBinding, Settings};
use crate::provider::authorize::AuthorizeUrl;
use crate::provider::exchange::Revoke;
use crate::provider::settings::{Provider, ProviderId};
use crate::provider::sign_in_options::SignInOptions;
use crate::provider::tokens::SessionTokens;
use crate::reply::pages::Pages;
use crate::reply::reference::References;
use crate::reply::reply::Ending;
use crate::request::cross_site::Sources;
use crate::request::site::Site;
use crate::rules::path_rules::PathRules;
use crate::seal::key::TokenDigest;
use crate::session::lifetimes::Lifetimes;
use crate::session::revoked_session::RevokedSession;
use crate::session::user::User;
use crate::values::newest::Newest;
use crate::values::timestamp::Timestamp;

/// The settings of one site, and the values derived from them once. They apply to every request.
pub(crate) struct Machine {
    pub(crate) site: Site,
    /// The machines of the other sites. In those, this list is empty.
    pub(crate) others: Vec<Arc<Self>>,
    pub(crate) provider: Provider,
    pub(crate) paths: PathRules,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) asks_approval: bool,
    pub(crate) asks_on_refresh: bool,
    pub(crate) sign_in_only: bool,
    pub(crate) allow_preflight: bool,
    pub(crate) clears_cache: bool,
    pub(crate) sources: Sources,
    pub(crate) vault: Vault,
    /// Whether a sign-in offers the browser to bind the session to a device key.
    pub(crate) offers_device_binding: bool,
    pub(crate) pages: Pages,
    pub(crate) references: References,
    pub(crate) authorize_url: AuthorizeUrl,
    /// The sign-ins that a link can name.
    pub(crate) intents: Vec<(String, SignInOptions)>,
    pub(crate) provider_id: ProviderId,
    pub(crate) token_digest: Newest<TokenDigest>,
}

impl Machine {
    /// Makes the machines of all sites. The first one holds the others.
    pub(crate) fn new(mut settings: Settings) -> Self {
        let others = take(&mut settings.other_sites).into_iter();
        let others = others.map(|(site, cookies)| {
            let origin = site.origin().to_owned();
            let settings = Settings {
                site,
                cookies,
                ..settings.clone()
            };
            Arc::new(Self::of_site(settings, Some(&origin), Vec::new()))
        });
        let others = others.collect();
        Self::of_site(settings, None, others)
    }

    /// Makes the machine of one site. If there is an `origin`, its cookies are bound to it.
    fn of_site(settings: Settings, origin: Option<&str>, others: Vec<Arc<Self>>) -> Self {
        let Settings {
            site,
            other_sites: _,
            provider,
            keys,
            cookies,
            asks_approval,
            asks_on_refresh,
            references,
            choices,
        } = settings;
        let Choices {
            protection,
            device_binding,
            paths,
            lifetimes,
            sign_in_only,
            allow_preflight,
            clears_cache,
            trusted_origins,
            own_page,
            language,
            intents,
        } = choices;
        Self {
            vault: Vault::new(&keys, cookies, protection, &provider.client_id, origin)
                .binding_devices(device_binding != DeviceBinding::Off),
            offers_device_binding: device_binding == DeviceBinding::Offered,
            pages: Pages::new(own_page, language),
            references,
            authorize_url: AuthorizeUrl::new(&provider, &site),
            intents,
            provider_id: provider.id(),
            token_digest: Newest::new(TokenDigest::new(&provider.client_secret)),
            sources: Sources::new(site.origin(), trusted_origins),
            paths: paths.below(site.base()),
            site,
            others,
            provider,
            lifetimes,
            asks_approval,
            asks_on_refresh,
            sign_in_only,
            allow_preflight,
            clears_cache,
        }
    }

    /// The options of an intent, by its name.
    pub(crate) fn intent(&self, name: &str) -> Option<&SignInOptions> {
        let mut intents = self.intents.iter();
        intents.find_map(|(own, options)| (own == name).then_some(options))
    }

    /// The token to revoke at the provider, if that has a revocation endpoint (RFC 7009).
    pub(crate) fn revocation_of(&self, tokens: SessionTokens) -> Option<Revoke> {
        self.provider.revocation.then(|| tokens.into_revocation())
    }

    /// The end of a session that its own request asks for. A copy from before a refresh may not revoke the newer tokens.
    pub(crate) fn ending(
        &self,
        user: &User,
        now: Timestamp,
        tokens: impl FnOnce() -> Option<SessionTokens>,
    ) -> Ending {
        let revoked = RevokedSession::asked_by(user, now);
        let tokens = revoked.is_whole().then(tokens).flatten();
        Ending {
            session: Some(revoked),
            revoke: tokens.and_then(|tokens| self.revocation_of(tokens)),
        }
    }
}
