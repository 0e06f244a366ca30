//! The machine itself: its settings, and what is derived from them once.

use std::mem::take;
use std::sync::Arc;
use std::{fmt, iter};

use ring::digest::{SHA256, digest};

use crate::cookies::policy::CookiePolicy;
use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::provider::authorize::AuthorizeUrl;
use crate::provider::settings::Provider;
use crate::reply::format::ReplyFormat;
use crate::reply::outcome::Reply;
use crate::reply::page::{OwnPage, Pages};
use crate::request::cross_site::Sources;
use crate::request::head::Head;
use crate::request::language::Language;
use crate::request::site::Site;
use crate::rules::path_rules::PathRules;
use crate::seal::Protection;
use crate::seal::key::TokenDigest;
use crate::seal::key_ring::KeyRing;
use crate::session::open::Lifetimes;
use crate::session::tokens::SessionTokens;
use crate::session::user::User;
use crate::sign_in::transaction::ProviderId;
use crate::values::code::ErrorCode;
use crate::values::newest::Newest;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// Everything that an application decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the application is.
    pub site: Site,
    /// Where it is as well, each with its cookies: under other hosts, at the same paths. A request's host chooses one
    /// of them; a request without one of these hosts is for [`Settings::site`].
    pub other_sites: Vec<(Site, CookiePolicy)>,
    /// Where its users sign in.
    pub provider: Provider,
    /// The secrets that seal cookies.
    pub keys: KeyRing,
    /// Names and attributes of cookies.
    pub cookies: CookiePolicy,
    /// How the readable part of a session is protected.
    pub protection: Protection,
    /// Which paths need a user, below the site's base.
    pub paths: PathRules,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// Whether the application has a word to say over each sign-in.
    pub asks_approval: bool,
    /// Whether it has one over each refresh.
    pub asks_on_refresh: bool,
    /// Whether the tokens of a sign-in are thrown away, and its session lives without any.
    pub sign_in_only: bool,
    /// Whether a CORS preflight passes without a user. Off by default: an application that answers
    /// preflights itself turns it on.
    pub allow_preflight: bool,
    /// Whether a sign-out has the browser clear its cache of the site.
    pub clears_cache: bool,
    /// Origins, beside the site's own, whose pages may send unsafe requests with a session.
    pub trusted_origins: Vec<String>,
    /// The application's own pages, in place of ours.
    pub own_page: Option<OwnPage>,
    /// The one language of all pages, in place of each reader's own.
    pub language: Option<Language>,
}

/// The machine. Cloning is cheap.
#[derive(Clone)]
pub struct Core(pub(crate) Arc<Machine>);

pub(crate) struct Machine {
    pub(crate) site: Site,
    /// The machines of the other sites. They have none.
    pub(crate) others: Vec<Core>,
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
    pub(crate) pages: Pages,
    pub(crate) authorize_url: AuthorizeUrl,
    /// The same for a person who is to choose another account.
    pub(crate) account_url: AuthorizeUrl,
    pub(crate) provider_id: ProviderId,
    token_digest: Newest<TokenDigest>,
}

impl Core {
    /// Derives keys and all that doesn't differ from request to request.
    #[must_use]
    pub fn new(mut settings: Settings) -> Self {
        let others = take(&mut settings.other_sites).into_iter();
        let others = others.map(|(site, cookies)| {
            let settings = settings.clone();
            let origin = Some(site.origin().to_owned());
            let settings = Settings {
                site,
                cookies,
                ..settings
            };
            Self::of_site(settings, origin, Vec::new())
        });
        let others = others.collect();
        Self::of_site(settings, None, others)
    }

    /// The machine of one site. Its cookies are bound to `origin`, if there is one.
    fn of_site(settings: Settings, origin: Option<String>, others: Vec<Self>) -> Self {
        let Settings {
            site,
            other_sites: _,
            provider,
            keys,
            cookies,
            protection,
            paths,
            lifetimes,
            asks_approval,
            asks_on_refresh,
            sign_in_only,
            allow_preflight,
            clears_cache,
            trusted_origins,
            own_page,
            language,
        } = settings;
        let authorize_url = AuthorizeUrl::new(&provider, &site);
        let prompt = provider.account_prompt.unwrap_or_default();
        Self(Arc::new(Machine {
            vault: Vault::new(keys, cookies, protection, &provider.client_id, origin),
            pages: Pages::new(own_page, language),
            account_url: authorize_url.with_prompt(prompt),
            authorize_url,
            provider_id: provider_id(&provider),
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
        }))
    }

    /// Where the application is: the first of its sites.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// All sites of the application, the first one first.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.all().map(|core| &core.0.site)
    }

    fn all(&self) -> impl Iterator<Item = &Self> {
        iter::once(self).chain(&self.0.others)
    }

    /// The address of the authorization endpoint, where browsers are sent to sign in: without its query, so that
    /// it can be shown.
    #[must_use]
    pub fn authorize_url(&self) -> &str {
        self.0.provider.authorize_url.without_query()
    }

    /// Seals and opens with other secrets from now on. What is under one that is no longer among them is foreign.
    pub fn replace_keys(&self, keys: KeyRing) {
        for core in &self.0.others {
            core.0.vault.replace_keys(keys.clone());
        }
        self.0.vault.replace_keys(keys);
    }

    /// Names tokens under another client secret from now on.
    pub fn replace_client_secret(&self, secret: &Secret) {
        for core in self.all() {
            core.0.token_digest.replace(TokenDigest::new(secret));
        }
    }

    /// A keyed hash of a refresh token, as in [`RefreshRequest::key`](crate::RefreshRequest::key): the same in every
    /// instance of an application.
    #[must_use]
    pub fn token_digest(&self, token: &Secret) -> [u8; 32] {
        self.0.token_digest.get().of(token)
    }

    /// What a person gets where the driver can't go on.
    #[must_use]
    pub fn internal_error(&self) -> Reply {
        let reply = self.failure(ErrorCode::Internal, "the driver could not go on");
        ReplyFormat::default().address(&self.0.pages, reply)
    }

    /// 403 for a request whose user lacks what a guard of the application's own asks for.
    #[must_use]
    pub fn forbidden<H: Head>(&self, head: &H) -> Reply {
        let detail = "a handler or middleware of the application refused the user";
        let reply = self
            .at_host_of(head)
            .refuse(head, ErrorCode::Forbidden, detail);
        ReplyFormat::of(head).address(&self.0.pages, reply)
    }

    /// A `Cookie` header's line without the cookies of this login, for a request that is passed on to another
    /// server. `None` where no other cookie is in it.
    #[must_use]
    pub fn without_own_cookies(&self, line: &[u8]) -> Option<Vec<u8>> {
        let is_own = |name| self.all().any(|core| core.0.vault.cookies.is_own(name));
        let others: Vec<_> = line
            .split(|byte| *byte == b';')
            .map(<[u8]>::trim_ascii)
            .filter(|pair| !pair.is_empty() && !is_own(scan::name(pair)))
            .collect();
        (!others.is_empty()).then(|| others.join(&b"; "[..]))
    }

    /// The tokens of a request's session, opened now. `user` is the one that the machine admitted
    /// this request with.
    ///
    /// # Errors
    ///
    /// An error, where the application throws tokens away (`sign_in_only`). The reply that ends the session, where its second segment is damaged or a chunk is missing;
    /// the one that says so, where the access token has expired. On a protected path it never has.
    pub fn tokens<H: Head>(
        &self,
        head: &H,
        user: &User,
        now: Timestamp,
    ) -> Result<SessionTokens, Reply> {
        self.at_host_of(head)
            .open_tokens(head, user, now)
            .map_err(|reply| ReplyFormat::of(head).address(&self.0.pages, reply))
    }

    fn open_tokens<H: Head>(
        &self,
        head: &H,
        user: &User,
        now: Timestamp,
    ) -> Result<SessionTokens, Reply> {
        if self.0.sign_in_only {
            let detail =
                "a handler asks for tokens, and sign_in_only throws them away; drop one of the two";
            return Err(self.refuse(head, ErrorCode::TokensDiscarded, detail));
        }
        if user.terms().token_expires <= now {
            let detail = "the access token has expired, and nothing refreshes it on a public path";
            return Err(self.refuse(head, ErrorCode::TokensExpired, detail));
        }
        self.0.vault.tokens(head, user).ok_or_else(|| {
            self.refuse(
                head,
                ErrorCode::TokensUnusable,
                "the second segment does not open",
            )
            .cookies(self.0.vault.remove_session(head))
        })
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("origin", &self.0.site.origin())
            .finish_non_exhaustive()
    }
}

fn provider_id(provider: &Provider) -> ProviderId {
    let addresses = [&provider.authorize_url, &provider.token_url].map(|url| url.as_str());
    let hash = digest(&SHA256, addresses.join(" ").as_bytes());
    std::array::from_fn(|index| hash.as_ref()[index])
}
