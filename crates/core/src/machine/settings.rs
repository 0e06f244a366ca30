//! Everything that an application decides.

use crate::cookies::policy::CookiePolicy;
use crate::provider::settings::Provider;
use crate::reply::pages::OwnPage;
use crate::request::language::Language;
use crate::request::site::Site;
use crate::rules::path_rules::PathRules;
use crate::seal::key_ring::KeyRing;
use crate::seal::protection::Protection;
use crate::session::lifetimes::Lifetimes;

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
    /// Whether a hook of the application decides over each sign-in.
    pub asks_approval: bool,
    /// Whether a hook of the application decides over each refresh.
    pub asks_on_refresh: bool,
    /// What the application chose in code.
    pub choices: Choices,
}

/// What an application chooses in code, with its defaults.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// How the readable part of a session is protected.
    pub protection: Protection,
    /// Which paths need a user, below the site's base.
    pub paths: PathRules,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// Whether the tokens of a sign-in are thrown away, and its session lives without tokens.
    pub sign_in_only: bool,
    /// Whether a CORS preflight passes without a user, for an application that answers preflights itself.
    pub allow_preflight: bool,
    /// Whether a sign-out has the browser clear its cache of the site.
    pub clears_cache: bool,
    /// Origins, beside the site's own, whose pages may send unsafe requests with a session.
    pub trusted_origins: Vec<String>,
    /// The application's own pages, in place of the login's.
    pub own_page: Option<OwnPage>,
    /// The one language of all pages, in place of each reader's own.
    pub language: Option<Language>,
}
