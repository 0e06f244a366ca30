//! The application's rules about paths: which need a user, and which accept requests from other sites.
//!
//! Rules:
//! - A path is compared as the browser sent it. If a router has stripped a prefix, the rest is compared too
//!   (`request_paths.rs`).
//! - Only a **canonical** path can be public. A framework may decode or collapse what is compared literally here:
//!   actix-web serves `/admin` for `/%61dmin`.
//! - A rule that protects matches every spelling of its path. A rule that makes an exception matches one spelling.
//! - If two rules disagree, the closer one counts. A guard always counts.
//! - A path that readers resolve differently (`//x`, `/a/../x`, `/%%361`) may be any of the guarded paths. So it needs
//!   what all guards require.

use std::fmt;
use std::sync::Arc;

use crate::provider::scope::is_scope;
use crate::request::canonical_path::{decoded, has_one_reading, is_canonical};
use crate::request::site::Site;
use crate::rules::path_set::PathSet;
use crate::rules::pattern::Pattern;
use crate::session::lifetimes::MAX_SKEW;
use crate::session::user::User;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The application's rules about paths. By default every path needs a user.
///
/// ```
/// use fncy_login_core::PathRules;
///
/// let rules = PathRules::default().public_path("/").public_prefix("/assets");
/// assert!(rules.is_public("/"));
/// assert!(rules.is_public("/assets/site.css"));
/// assert!(!rules.is_public("/assets-of-others"));
/// assert!(!rules.is_public("/assets/%2e%2e/admin"));
/// ```
#[derive(Clone, Debug, Default)]
pub struct PathRules {
    public: PathSet,
    protected: PathSet,
    cross_site: PathSet,
    background: PathSet,
    api: PathSet,
    bearer: PathSet,
    guarded: PathSet,
    /// The need of each guarded path.
    needs: Vec<Need>,
}

impl PathRules {
    /// Makes one path public.
    #[must_use]
    pub fn public_path(mut self, path: impl Into<String>) -> Self {
        self.public.add(Pattern::exactly(path));
        self
    }

    /// Makes a path and all below it public.
    #[must_use]
    pub fn public_prefix(mut self, path: impl Into<String>) -> Self {
        self.public.add(Pattern::under(path));
        self
    }

    /// Protects only this path and all below it, and makes all other paths public. Each further call protects one more
    /// path.
    ///
    /// If a path is both protected and public, the longer rule counts.
    #[must_use]
    pub fn protected_prefix(mut self, path: impl Into<String>) -> Self {
        self.protected.add(Pattern::under(path));
        self
    }

    /// Accepts unsafe requests from other sites to this path, with the session of the browser that sends them.
    #[must_use]
    pub fn danger_allow_cross_site_path(mut self, path: impl Into<String>) -> Self {
        self.cross_site.add(Pattern::exactly(path));
        self
    }

    /// Marks a path whose requests scripts send by themselves, such as polling. These requests keep no idle session
    /// alive.
    #[must_use]
    pub fn background_path(mut self, path: impl Into<String>) -> Self {
        self.background.add(Pattern::exactly(path));
        self
    }

    /// Marks a path and all below it as an API. Refusals there are written for programs.
    #[must_use]
    pub fn api_prefix(mut self, path: impl Into<String>) -> Self {
        self.api.add(Pattern::under(path));
        self
    }

    /// Accepts bearer tokens for a path and all below it. The path is an API too. Prefixes are numbered from 0, in the
    /// order of the calls.
    #[must_use]
    pub fn bearer_prefix(mut self, path: impl Into<String>) -> Self {
        self.bearer.add(Pattern::under(path));
        self
    }

    /// Protects a path and all below it by a guard: the user must meet this need.
    #[must_use]
    pub fn require(mut self, path: impl Into<String>, need: Need) -> Self {
        self.guarded.add(Pattern::under(path));
        self.needs.push(need);
        self
    }

    /// The guards that no user can pass, since their scope has characters that no scope has: path and scope.
    pub fn impassable(&self) -> impl Iterator<Item = (&str, &str)> {
        let guards = self.guarded.patterns().iter().zip(&self.needs);
        guards.filter_map(|(pattern, need)| match need {
            Need::Scope(scope) if !is_scope(scope) => Some((&*pattern.written, &**scope)),
            _ => None,
        })
    }

    /// The guard of a path that a user doesn't meet, in any spelling of the path. Of several, it is the one that is the
    /// hardest to meet.
    pub(crate) fn unmet(&self, path: &str, user: &User, now: Timestamp) -> Option<&Need> {
        let mut unmet: Option<&Need> = None;
        self.needs_of(path, |need| {
            if !need.is_met(user, now) && unmet.is_none_or(|other| need.rank() < other.rank()) {
                unmet = Some(need);
            }
            true
        });
        unmet
    }

    /// Whether a guard needs a recent sign-in.
    #[must_use]
    pub fn has_recent(&self) -> bool {
        let mut needs = self.needs.iter();
        needs.any(|need| matches!(need, Need::Recent(_)))
    }

    /// Whether a guard needs a session that is bound to a device key.
    #[must_use]
    pub fn has_device_bound(&self) -> bool {
        let mut needs = self.needs.iter();
        needs.any(|need| matches!(need, Need::DeviceBound))
    }

    /// Whether a path has a guard, in any spelling of it.
    pub(crate) fn is_guarded(&self, path: &str) -> bool {
        !self.needs_of(path, |_| false)
    }

    /// Whether each guard of a path is met.
    fn needs_of<'a>(&'a self, path: &str, mut is_met: impl FnMut(&'a Need) -> bool) -> bool {
        if self.needs.is_empty() {
            return true;
        }
        let plain = decoded(path);
        if has_one_reading(path, &plain) {
            let mut guards = self.guarded.matching(&plain);
            guards.all(|number| is_met(&self.needs[number]))
        } else {
            self.needs.iter().all(is_met)
        }
    }

    /// These rules for an application below a sub-path, so that they match what browsers send. The application's front
    /// page is then `/sub/` or `/sub`, as its router has it.
    #[must_use]
    pub(crate) fn below(mut self, base: &str) -> Self {
        if base.is_empty() {
            return self;
        }
        for set in [
            &mut self.public,
            &mut self.protected,
            &mut self.cross_site,
            &mut self.background,
            &mut self.api,
        ] {
            let mut patterns = set.patterns().iter();
            let has_front_page = patterns.any(|pattern| pattern.written == "/");
            set.move_below(base);
            if has_front_page {
                set.add(Pattern::exactly(base));
            }
        }
        self.bearer.move_below(base);
        self.guarded.move_below(base);
        self
    }

    /// The patterns that can't match as they are meant: no canonical path is like them, or they have a router's
    /// wildcards.
    pub fn impossible(&self) -> impl Iterator<Item = &str> {
        self.patterns()
            .filter(|pattern| !is_canonical(&pattern.sent) || has_wildcards(&pattern.written))
            .map(|pattern| pattern.written.as_str())
    }

    /// The patterns that name an endpoint of the login. Endpoints are answered before the rules are asked.
    pub fn of_endpoints<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = &'a str> {
        self.patterns()
            .filter(|pattern| {
                let path = format!("{}{}", site.base(), pattern.sent);
                site.endpoint(&path).is_some()
            })
            .map(|pattern| pattern.written.as_str())
    }

    /// The patterns that protect the index file of a directory. File servers also serve that file at the directory's
    /// path, which the pattern does not match.
    pub fn of_index_files(&self) -> impl Iterator<Item = &str> {
        let protecting = [&self.protected, &self.guarded].into_iter();
        protecting
            .flat_map(PathSet::patterns)
            .filter(|pattern| pattern.is_index_file())
            .map(|pattern| pattern.written.as_str())
    }

    /// The patterns that already contain the application's sub-path. They would match nothing, so that a guard among
    /// them would protect nothing.
    pub fn with_base<'a>(&'a self, base: &'a str) -> impl Iterator<Item = &'a str> {
        let within = Pattern::under(base);
        self.patterns()
            .filter(move |pattern| !base.is_empty() && within.matches(&pattern.sent))
            .map(|pattern| pattern.written.as_str())
    }

    fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        [
            &self.public,
            &self.protected,
            &self.cross_site,
            &self.background,
            &self.api,
            &self.bearer,
            &self.guarded,
        ]
        .into_iter()
        .flat_map(PathSet::patterns)
    }

    /// Whether a path, as the browser sent it, needs no user.
    #[must_use]
    pub fn is_public(&self, path: &str) -> bool {
        if self.public.is_empty() && self.protected.is_empty() {
            return false;
        }
        let plain = decoded(path);
        let opens = |pattern: &Pattern| pattern.matches(path);
        let closes = |pattern: &Pattern| pattern.matches_decoded(&plain);
        let opens = self.public.closest(&plain, opens);
        let is_open = match (opens, self.protected.closest(&plain, closes)) {
            (None, None) => !self.protected.is_empty(),
            (opens, closes) => opens > closes,
        };
        is_open && is_canonical(path) && self.guarded.matching(&plain).next().is_none()
    }

    pub(crate) fn is_background(&self, path: &str) -> bool {
        self.background.lists(path, &decoded(path))
    }

    /// Whether a path is part of an API, in any spelling.
    pub(crate) fn is_api(&self, path: &str) -> bool {
        let plain = decoded(path);
        let mut apis = [&self.api, &self.bearer].into_iter();
        apis.any(|api| api.matching(&plain).next().is_some())
    }

    /// Whether a router may take a path for one that has bearer tokens.
    pub(crate) fn may_have_bearer(&self, path: &str) -> bool {
        let plain = decoded(path);
        !has_one_reading(path, &plain) || self.bearer.matching(&plain).next().is_some()
    }

    pub(crate) fn has_bearer(&self) -> bool {
        !self.bearer.is_empty()
    }

    /// The number of the closest prefix of a path that accepts bearer tokens. `None` if another spelling of the path is
    /// below a closer prefix, whose check may be stricter.
    pub(crate) fn bearer(&self, path: &str) -> Option<usize> {
        let plain = decoded(path);
        let as_sent = self.bearer.nearest(&plain, |prefix| prefix.matches(path));
        let decoded = self
            .bearer
            .nearest(&plain, |prefix| prefix.matches_decoded(&plain));
        as_sent.filter(|_| as_sent == decoded && is_canonical(path))
    }

    /// Whether a path accepts unsafe requests from other sites.
    pub(crate) fn allows_cross_site(&self, path: &str) -> bool {
        self.cross_site.lists(path, &decoded(path)) && is_canonical(path)
    }
}

/// The requirement of a guard for a signed-in user.
#[derive(Clone)]
pub enum Need {
    /// A granted scope.
    Scope(String),
    /// A condition of the application.
    Predicate(Arc<dyn Fn(&User) -> bool + Send + Sync>),
    /// A sign-in that is no older than this, in seconds.
    Recent(u64),
    /// A session that is bound to a device key.
    DeviceBound,
}

impl Need {
    /// The code of the refusal of a user who does not meet it.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Scope(_) => ErrorCode::InsufficientScope,
            Self::Predicate(_) => ErrorCode::Forbidden,
            Self::Recent(_) => ErrorCode::InsufficientUserAuthentication,
            Self::DeviceBound => ErrorCode::DeviceBindingRequired,
        }
    }

    /// Whether a user meets this need now.
    ///
    /// A sign-in may be a minute older than needed, since the clocks of FNCY and of instances differ.
    #[must_use]
    pub fn is_met(&self, user: &User, now: Timestamp) -> bool {
        match self {
            Self::Scope(scope) => user.has_scope(scope),
            Self::Predicate(predicate) => predicate(user),
            Self::Recent(age) => user
                .signed_in_at()
                .is_some_and(|at| now.seconds_since(at) <= age.saturating_add(MAX_SKEW)),
            Self::DeviceBound => user.is_device_bound(),
        }
    }

    /// A need with a lower rank is harder to meet: a person can only change the later ones.
    pub(crate) fn rank(&self) -> u8 {
        match self {
            Self::Predicate(_) => 0,
            Self::DeviceBound => 1,
            Self::Scope(_) => 2,
            Self::Recent(_) => 3,
        }
    }
}

impl fmt::Debug for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scope(scope) => f.debug_tuple("Scope").field(scope).finish(),
            Self::Predicate(_) => f.write_str("Predicate(..)"),
            Self::Recent(age) => f.debug_tuple("Recent").field(age).finish(),
            Self::DeviceBound => f.write_str("DeviceBound"),
        }
    }
}

fn has_wildcards(written: &str) -> bool {
    written.contains(['*', '{', '}'])
}

#[cfg(test)]
mod tests {
    use super::{Need, PathRules};
    use crate::request::canonical_path::is_canonical;
    use crate::request::site::Site;

    #[test]
    fn r14_only_a_canonical_path_can_be_public() {
        let rules = PathRules::default().public_prefix("/public/");
        assert!(rules.is_public("/public"));
        assert!(rules.is_public("/public/"));
        assert!(rules.is_public("/public/a%20b/%ED%95%9C"));
        assert!(rules.is_public("/public/a[1]|b^.png"));
        for path in [
            "/public/../admin",
            "/public/%2e%2e/admin",
            "/public/%2E./admin",
            "//admin",
            "/public//x",
            "/public;/admin",
            "/public/;x",
            "/PUBLIC/x",
            "/public%2fx",
            "/public/%5cx",
            "/public/%00",
            "/public/%zz",
            "/public/%6",
            "/public/a\\b",
            "/public/#x",
            "/public/{x}",
            "/public/\"x\"",
            "/publicity",
            "/admin",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
    }

    #[test]
    fn r14_protected_prefix_protects_what_is_not_canonical() {
        let rules = PathRules::default().protected_prefix("/admin");
        assert!(rules.is_public("/"));
        assert!(rules.is_public("/administrator"));
        for path in [
            "/admin",
            "/admin/",
            "/admin/x",
            "/%61dmin",
            "//admin",
            "/x/../admin",
            "*",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
    }

    #[test]
    fn r14_every_spelling_of_a_protected_path_is_protected() {
        let rules = PathRules::default()
            .protected_prefix("/@admin")
            .protected_prefix("/users:export")
            .protected_prefix("/%EA%B4%80");
        for path in [
            "/@admin",
            "/%40admin",
            "/%40admin/x",
            "/users%3Aexport",
            "/users%3aexport",
            "/%ea%b4%80",
        ] {
            assert!(!rules.is_public(path), "{path}");
        }
        assert!(rules.is_public("/%40administrator"));
    }

    #[test]
    fn an_exception_holds_in_one_spelling() {
        let rules = PathRules::default()
            .public_path("/@help")
            .public_path("/%ea%b0%80");
        assert!(rules.is_public("/@help"));
        assert!(!rules.is_public("/%40help"));
        assert!(rules.is_public("/%EA%B0%80"));
        assert!(!rules.is_public("/%EA%B0%81"));
    }

    #[test]
    fn r22_a_rule_in_any_script_matches_what_browsers_send() {
        let rules = PathRules::default()
            .public_prefix("/안내")
            .public_path("/two words")
            .public_path("/\"a\"<b>`^")
            .danger_allow_cross_site_path("/웹훅")
            .background_path("/알림")
            .api_prefix("/자료")
            .protected_prefix("/안내/관리");
        assert_eq!(rules.impossible().count(), 0);
        for path in [
            "/%EC%95%88%EB%82%B4",
            "/%ec%95%88%EB%82%b4/x",
            "/two%20words",
            "/%22a%22%3Cb%3E%60%5E",
        ] {
            assert!(rules.is_public(path), "{path}");
        }
        assert!(!rules.is_public("/%EC%95%88%EB%82%B4/%ea%b4%80%EB%A6%AC"));
        assert!(rules.allows_cross_site("/%EC%9B%B9%ED%9B%85"));
        assert!(rules.is_background("/%ec%95%8c%EB%A6%BC"));
        assert!(rules.is_api("/%EC%9E%90%EB%A3%8C/x"));
        let below = rules.below("/%ea%b0%80");
        assert!(below.is_public("/%EA%B0%80/two%20words"));
    }

    #[test]
    fn rules_for_endpoints_and_index_files_are_listed() {
        let site = Site::new("https://app.example/sub/auth/callback", "/auth", false).unwrap();
        let rules = PathRules::default()
            .public_path("/auth/login")
            .api_prefix("/auth/session/")
            .public_prefix("/auth")
            .public_path("/auth/login/x")
            .protected_prefix("/docs/index.html")
            .require("/a/INDEX%2ehtm/", Need::Scope("x".to_owned()))
            .require("/index.html/x", Need::Scope("x".to_owned()))
            .public_path("/index.html");
        assert_eq!(
            rules.of_endpoints(&site).collect::<Vec<_>>(),
            ["/auth/login", "/auth/session/"]
        );
        assert_eq!(
            rules.of_index_files().collect::<Vec<_>>(),
            ["/docs/index.html", "/a/INDEX%2ehtm/"]
        );
    }

    #[test]
    fn rules_name_paths_without_the_sub_path() {
        let rules = PathRules::default().public_path("/").public_path("/help");
        let rules = rules.protected_prefix("/help/me").below("/sub");
        for path in ["/sub", "/sub/", "/sub/help", "/sub/x"] {
            assert!(rules.is_public(path), "{path}");
        }
        assert!(!rules.is_public("/sub/help/me"));
        let closed = PathRules::default().public_prefix("/").below("/sub");
        assert!(closed.is_public("/sub"));
        assert!(!closed.is_public("/subway"));
        assert!(!closed.is_public("/"));
    }

    #[test]
    fn patterns_with_the_sub_path_are_listed() {
        let rules = PathRules::default()
            .protected_prefix("/admin")
            .public_path("/sub/x");
        assert_eq!(rules.with_base("/sub").collect::<Vec<_>>(), ["/sub/x"]);
        assert_eq!(rules.with_base("").count(), 0);
    }

    #[test]
    fn r14_the_closer_of_two_rules_counts() {
        let rules = PathRules::default;
        for (rules, is_public) in [
            (rules().public_prefix("/a").protected_prefix("/a/b"), false),
            (rules().public_prefix("/").protected_prefix("/a"), false),
            (rules().protected_prefix("/a").public_prefix("/a/b"), true),
            (
                rules().protected_prefix("/a/b").public_prefix("/a/b/"),
                false,
            ),
            (
                rules().protected_prefix("/a/b/c").public_path("/a/b/c"),
                true,
            ),
        ] {
            assert_eq!(rules.is_public("/a/b/c"), is_public, "{rules:?}");
        }
    }

    #[test]
    fn exceptions_below_a_protected_path() {
        let rules = PathRules::default()
            .protected_prefix("/admin")
            .public_path("/admin/help");
        assert!(rules.is_public("/admin/help"));
        assert!(!rules.is_public("/admin/help/x"));
    }

    #[test]
    fn everything_needs_a_user_by_default() {
        assert!(!PathRules::default().is_public("/"));
    }

    #[test]
    fn a_pattern_that_cannot_match_is_listed() {
        let rules = PathRules::default()
            .public_path("assets")
            .public_prefix("")
            .protected_prefix("/admin/*")
            .public_prefix("/");
        assert_eq!(
            rules.impossible().collect::<Vec<_>>(),
            ["assets", "", "/admin/*"]
        );
        assert!(is_canonical("/"));
    }
}
