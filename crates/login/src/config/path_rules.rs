//! The builder's rules about paths: what is public, what needs more than a user, what other sites may send.
//!
//! Rules: a path is plain, in any script, without the sub-path of the redirect URI; a rule that can't match, or that
//! protects a file which has another path too, is an error at start; `_path` is one path, `_prefix` a path and all below
//! it.

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{Need, User};

use crate::bearer::bearer_check::BearerCheck;
use crate::config::builder::LoginBuilder;

impl LoginBuilder {
    /// Makes one path public, for each method. By default each path needs a user, so that a forgotten rule shows as a
    /// sign-in and not as a leak.
    ///
    /// A rule's path is written in any script, with spaces or with their escapes: `/안내` and `/%EC%95%88%EB%82%B4` are
    /// the same. Of a request's path the canonical spelling alone is public: no `//`, no dot segment, no `;`, and no
    /// escape of a character that needs none (`%41`, `%7E`). Each other spelling needs a user, since routers and file
    /// servers may take it for another path.
    ///
    /// Below a router that strips a prefix, such as axum's `nest` or a scope of actix-web, there are two paths: the
    /// browser's, and the rest below the sub-path of the redirect URI. A path is public if both are.
    ///
    /// On a public path the login doesn't wait for FNCY: it refreshes no token and doesn't call
    /// [`on_refresh`](Self::on_refresh). The user may be blocked at FNCY since their last request to a protected path. Put
    /// changes for a user on a protected path.
    #[doc(alias(
        "public path",
        "public page",
        "anonymous",
        "allow",
        "whitelist",
        "exclude"
    ))]
    pub fn public_path(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.public_path(path);
        self
    }

    /// Makes a path and all below it public, except the paths that [`require_prefix`](Self::require_prefix) guards, and
    /// those of [`protected_prefix`](Self::protected_prefix), if the protected path is longer.
    #[doc(alias("static files", "assets"))]
    pub fn public_prefix(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.public_prefix(path);
        self
    }

    /// Makes the default public: a user is needed for this path and all below it, in each spelling, and for no other path.
    ///
    /// Further calls add paths. Two kinds of paths still need a user: those that [`require_prefix`](Self::require_prefix)
    /// guards, and odd spellings (`//x`, `/a;b`, `/%7Euser`), which routers read differently. If a public path matches too,
    /// the longer of the two counts. The path is plain and has no wildcard: `/admin` covers `/admin` and `/admin/x`. An
    /// index file (`/docs/index.html`) is an error at start, since file servers serve it for `/docs/` too: name the folder.
    #[doc(alias("login required"))]
    pub fn protected_prefix(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.protected_prefix(path);
        self
    }

    /// Marks one path whose requests come without a person, such as polling: they keep no idle session alive.
    ///
    /// If such a request gets 401, the page shows a link and doesn't go to sign in by itself: FNCY would sign a user in
    /// again who has left.
    #[doc(alias("polling", "heartbeat"))]
    pub fn background_path(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.background_path(path);
        self
    }

    /// Marks a path and all below it as an API, which programs alone call.
    ///
    /// A refused request there gets problem+json (RFC 9457), and never a redirect or a page, even if it looks like a
    /// person's. By default each request shows by its headers what it is: see
    /// [how a request is answered](crate::manual::guides::requests).
    #[doc(alias("json", "rest", "mobile app"))]
    pub fn api_prefix(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.api_prefix(path);
        self
    }

    /// Lets every site send unsafe requests to one path with the session of the browser, such as a provider's form post.
    ///
    /// The handler's work must be harmless without the user's will, or be protected in another way.
    #[doc(alias("csrf", "webhook"))]
    pub fn danger_allow_cross_site_path(mut self, path: impl Into<String>) -> Self {
        self.choices.paths = self.choices.paths.danger_allow_cross_site_path(path);
        self
    }

    /// Guards a path and all below it: a user without this scope gets 403 (`insufficient_scope`).
    ///
    /// If an [`intent`](Self::intent) asks for the scope, the page has a button "Allow access", and problem+json has the
    /// address as `login_url`.
    #[doc(alias("guard", "permission"))]
    pub fn require_scope_prefix(self, path: impl Into<String>, scope: impl Into<String>) -> Self {
        self.require_need(path, Need::Scope(scope.into()))
    }

    /// Guards a path and all below it: a user who fails the check gets 403.
    ///
    /// The guard counts even if the path is public. If routers and file servers read a spelling differently (`//x`,
    /// `/a/../x`), it needs what all guards need. An index file is an error at start, as for
    /// [`protected_prefix`](Self::protected_prefix). Below a router that strips a prefix, the guard counts for the browser's
    /// path and for the rest of it, so that `/admin` below `/{lang}` is guarded for each language.
    ///
    /// ```
    /// # use fncy_login::{Login, User};
    /// let builder = Login::builder()
    ///     .keep_claims(["roles"])
    ///     .require_prefix("/admin", |user: &User| {
    ///         user.claim::<Vec<String>>("roles")
    ///             .is_some_and(|roles| roles.iter().any(|role| role == "admin"))
    ///     });
    /// ```
    #[doc(alias("guard", "role", "permission", "authorization"))]
    pub fn require_prefix<P>(self, path: impl Into<String>, check: P) -> Self
    where
        P: Fn(&User) -> bool + Send + Sync + 'static,
    {
        self.require_need(path, Need::Predicate(Arc::new(check)))
    }

    /// Guards a path and all below it: a user whose sign-in is older than this, in whole seconds, signs in again ("confirm
    /// it's you").
    ///
    /// A person who opens a page is sent to FNCY with `prompt=login` and `max_age`, and comes back to the page. A script gets
    /// 401 with `insufficient_user_authentication` (RFC 9470), and a form a page, since a form is never sent again. The
    /// session is kept, and a refresh makes no sign-in recent. A minute more than the age is allowed, since clocks differ.
    ///
    /// **What it proves.** Without [`auth_time`](Self::auth_time), the person at the browser can take `prompt` off FNCY's
    /// address, and the log warns of that at start.
    #[doc(alias("sudo", "step-up", "re-authentication", "confirm password", "max_age"))]
    pub fn recent_sign_in_prefix(self, path: impl Into<String>, age: Duration) -> Self {
        self.require_need(path, Need::Recent(age.as_secs()))
    }

    /// Guards a path and all below it: a user whose session is bound to no device key gets 403 (`device_binding_required`).
    ///
    /// It needs [`device_bound`](Self::device_bound). **Experimental**, as that is. A browser that supports it binds a session
    /// a few seconds after the sign-in. So don't guard the page on which a sign-in ends. Sessions from before
    /// `device_bound` stay unbound.
    #[cfg(feature = "device-bound")]
    #[doc(alias("dbsc", "step-up"))]
    pub fn require_device_bound_prefix(self, path: impl Into<String>) -> Self {
        self.require_need(path, Need::DeviceBound)
    }

    /// Accepts bearer tokens (RFC 6750) for this path and all below it, from mobile applications, command lines and other
    /// services. `check` says how tokens are checked. By default no path accepts them.
    ///
    /// A request with an `Authorization` header is decided by its token alone: its cookies are not looked at, no cookie is
    /// set, and the guard against other sites does not apply. Handlers have the same `CurrentUser` and `Tokens`, and
    /// [`User::credential`] says which of the two ways it was. A handler that takes `Session` refuses the request, since
    /// a token has no session data. A request without the header goes on with its session, and is refused as on the path
    /// of an API.
    ///
    /// FNCY's answer about a token is believed for a minute. [`Login::end_all_sessions`](crate::Login::end_all_sessions)
    /// holds for tokens at once: it refuses all tokens of the user that were issued before. For 30 days it also refuses
    /// tokens without a time of issue, as all tokens are that are checked by the user data.
    ///
    /// [`on_login`](Self::on_login) and [`on_refresh`](Self::on_refresh) are not asked about tokens. If they refuse users,
    /// put a guard on these paths too.
    ///
    /// ```
    /// # use fncy_login::{BearerCheck, Login};
    /// let check = BearerCheck::introspection("https://api.fncy.example/v1/oauth2/introspect").client("shop-mobile");
    /// let builder = Login::builder().bearer_prefix("/api/v1", check);
    /// ```
    #[doc(alias("mobile", "api token", "authorization header"))]
    pub fn bearer_prefix(mut self, path: impl Into<String>, check: BearerCheck) -> Self {
        let path = path.into();
        self.choices.paths = self.choices.paths.bearer_prefix(path.clone());
        self.bearer_checks.push((path, check));
        self
    }

    fn require_need(mut self, path: impl Into<String>, need: Need) -> Self {
        self.choices.paths = self.choices.paths.require(path, need);
        self
    }
}
