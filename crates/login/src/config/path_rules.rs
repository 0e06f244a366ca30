//! The builder's rules about paths: what is public, what needs more than a user, what may come from
//! elsewhere.
//!
//! Rules: paths are plain, in any script, without the sub-path of the redirect URI; a rule that can't match, or
//! protects what has another path as well, is a start-up error.

use std::sync::Arc;

use fncy_login_core::Need;

use crate::config::builder::LoginBuilder;
use fncy_login_core::User;

impl LoginBuilder {
    /// Makes one path public, whatever the method. By default every path needs a user, since a forgotten
    /// rule then shows as a sign-in and not as a leak.
    ///
    /// A rule's path is written in any script, with blanks or with their escapes: `/안내` and `/%EC%95%88%EB%82%B4`
    /// are the same one. Of a request's path only the canonical spelling is public: no `//`, no dot segment, no
    /// `;`, and no escape of what needs none (`%41`, `%7E`). What is spelled in another way needs a user, since
    /// routers and file servers may take it for another path.
    ///
    /// Beneath a router that strips a prefix, such as axum's `nest` or a scope of actix-web, two paths are compared:
    /// the browser's, and what is left of it, below the sub-path of the redirect URI. A path is public if both are.
    /// They are one where the application is nested at that sub-path.
    ///
    /// On a public path nothing waits for FNCY: no token is refreshed there and [`LoginBuilder::on_refresh`] is not
    /// asked, so that who is signed in may be somebody whom FNCY has let go since their last request to a
    /// protected path. What changes something for them belongs on a protected one.
    pub fn public_path(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.public_path(path);
        self
    }

    /// Makes a path and all below it public, but for what [`LoginBuilder::protected_prefix`] names more closely
    /// and what [`LoginBuilder::require_prefix`] guards.
    pub fn public_prefix(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.public_prefix(path);
        self
    }

    /// Turns the rule round: only this path and all below it need a user, in whatever spelling they
    /// come. May be called more than once; what is in none of the paths becomes public, but for what
    /// [`LoginBuilder::require_prefix`] guards and for odd spellings (`//x`, `/a;b`, `/%7Euser`), which routers read
    /// differently. Where it meets a public path, the longer one counts. A plain path, no pattern:
    /// `/admin` covers `/admin` and `/admin/x`. An index file (`/docs/index.html`) is refused at start, since file
    /// servers serve it for `/docs/` too: name the directory.
    pub fn protected_prefix(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.protected_prefix(path);
        self
    }

    /// Says that requests to this path come by themselves, such as polling: they keep no idle
    /// session alive. When one gets a 401, its page shows a link: if it went to sign in by itself, FNCY
    /// would let in again whoever has left.
    pub fn background_path(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.background_path(path);
        self
    }

    /// Says that a path and all below it are an API, which only programs call. Without a session they
    /// get a 401 as problem+json (RFC 9457), and never a 303 or a page, even if the request looks like a
    /// person's; a 403 or 503 is written so too. By default each request says by its headers what it is:
    /// see [how a request is answered](crate::manual::requests#how-a-request-is-answered).
    pub fn api_prefix(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.api_prefix(path);
        self
    }

    /// Lets every site send unsafe requests to one path with the session of whoever's browser sends
    /// them, such as a provider's form post. What the handler does must be harmless without the
    /// user's will, or be protected in another way.
    pub fn danger_allow_cross_site_path(mut self, path: impl Into<String>) -> Self {
        self.paths = self.paths.danger_allow_cross_site_path(path);
        self
    }

    /// Protects a path and all below it, for users with this scope; others get a 403.
    pub fn require_scope_prefix(self, path: impl Into<String>, scope: impl Into<String>) -> Self {
        self.require_need(path, Need::Scope(scope.into()))
    }

    /// Protects a path and all below it, for users of whom this is true; others get a 403. It counts
    /// whatever makes the path public. A spelling that routers and file servers resolve differently
    /// (`//x`, `/a/../x`) needs what all guards need. An index file is refused at start, as by
    /// [`LoginBuilder::protected_prefix`]. Beneath a router that strips a prefix it counts for the browser's path and for what
    /// is left of it, so that `/admin` below `/{lang}` is guarded for each language.
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
    pub fn require_prefix<P>(self, path: impl Into<String>, predicate: P) -> Self
    where
        P: Fn(&User) -> bool + Send + Sync + 'static,
    {
        self.require_need(path, Need::Predicate(Arc::new(predicate)))
    }

    fn require_need(mut self, path: impl Into<String>, need: Need) -> Self {
        self.paths = self.paths.require(path, need);
        self
    }
}
