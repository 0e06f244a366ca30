//! The settings of the core.

use crate::cookies::policy::CookiePolicy;
use crate::provider::settings::Provider;
use crate::provider::sign_in_options::SignInOptions;
use crate::reply::pages::OwnPage;
use crate::reply::reference::References;
use crate::request::language::Language;
use crate::request::site::Site;
use crate::rules::path_rules::PathRules;
use crate::seal::key_ring::KeyRing;
use crate::seal::protection::Protection;
use crate::session::lifetimes::Lifetimes;

/// The settings of the core.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The site of the application.
    pub site: Site,
    /// Further sites of the application, each with its cookies. They have other hosts and the same paths. The host of a
    /// request chooses one of them. A request with none of these hosts is for [`Settings::site`].
    pub other_sites: Vec<(Site, CookiePolicy)>,
    /// The provider, at which users sign in.
    pub provider: Provider,
    /// The secrets that seal cookies.
    pub keys: KeyRing,
    /// The names and attributes of cookies.
    pub cookies: CookiePolicy,
    /// Whether a hook of the application decides over each sign-in.
    pub asks_approval: bool,
    /// Whether a hook of the application decides over each refresh.
    pub asks_on_refresh: bool,
    /// The source of the references of refusals.
    pub references: References,
    /// The choices that the application makes in code.
    pub choices: Choices,
}

/// What the login does about keys of browsers' devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceBinding {
    /// Nothing.
    #[default]
    Off,
    /// It takes the proofs of browsers to which another instance has offered it, or this one before it was turned off.
    Accepted,
    /// It offers browsers to bind their sessions, too.
    Offered,
}

/// The choices that an application makes in code, with their defaults.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// How a session's first segment is protected.
    pub protection: Protection,
    /// The rules about paths, below the site's base.
    pub paths: PathRules,
    /// The lifetimes of sessions.
    pub lifetimes: Lifetimes,
    /// Whether tokens are discarded after the sign-in. The session then lives without tokens.
    pub sign_in_only: bool,
    /// Whether a CORS preflight is admitted without a user, for an application that answers preflights itself.
    pub allow_preflight: bool,
    /// Whether a sign-out tells the browser to clear its cache of the site.
    pub clears_cache: bool,
    /// Further origins whose pages may send unsafe requests with a session.
    pub trusted_origins: Vec<String>,
    /// The application's own pages, in place of the built-in ones.
    pub own_page: Option<OwnPage>,
    /// The language of all pages, in place of each reader's own.
    pub language: Option<Language>,
    /// What the login does about keys of browsers' devices.
    pub device_binding: DeviceBinding,
    /// The sign-ins that a link can name, with their options, which were checked.
    pub intents: Vec<(String, SignInOptions)>,
}
