//! The gate: what every request goes through (RFC 6749 calls what it guards the client).
//!
//! Rules: a live session is admitted with nothing written and nothing drawn, unless another site
//! sent an unsafe request with it; what is public is admitted whatever its cookies say; everything
//! else is challenged.

use crate::core::Core;
use crate::reply::format::ReplyFormat;
use crate::reply::outcome::{Admission, Outcome, Update};
use crate::request::classify::{
    Kind, classify, is_event_stream, is_prefetch, is_preflight, is_upgrade,
};
use crate::request::cross_site::is_unsafe;
use crate::request::head::Head;
use crate::request::request_paths::RequestPaths;
use crate::request::site::Endpoint;
use crate::session::open::{Found, Moment};
use crate::session::user::User;
use crate::step::Step;
use crate::values::code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// Pages of one user are not for the next one, nor for the back button after a sign-out.
const DEFAULT_CACHE_CONTROL: &str = "private, no-cache";

impl Core {
    /// Decides over a request, or asks one thing.
    ///
    /// The authenticated path ends here: it allocates the [`User`] and nothing else.
    pub fn begin<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        let step = self.at_host_of(head).pass_or_stop(head, moment);
        step.told_to(&self.0.pages, || ReplyFormat::of(head))
    }

    fn pass_or_stop<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        let machine = &*self.0;
        let paths = RequestPaths::of(head, &machine.site);
        if let Some(endpoint) = machine.site.endpoint(&paths.sent) {
            return self.endpoint(endpoint, head, moment);
        }
        let is_public = self.is_public(head, &paths);
        match machine.vault.session(head, moment) {
            Found::Live(_) if self.is_forged(head, &paths) => self.cross_site(head),
            Found::Live(user) if !self.admits(&paths, &user) => {
                let detail = "the user lacks what the path needs";
                Step::reply(self.refuse(head, ErrorCode::Forbidden, detail))
            }
            Found::Live(user) if is_public => self.greet(head, &paths, user, moment.now),
            Found::Live(user) => self.keep_up(head, &paths, user, moment.now),
            Found::Unknown if !is_public => Step::reply(self.unverified(head)),
            _ if is_public => admit(None, None, None),
            found => self.challenge_found(head, moment.now, &found),
        }
    }

    /// Whether a request that this login has let through, for this user, may pass as it is by now: between two
    /// layers its path or method may have been rewritten, and a request that a handler makes may carry the extensions
    /// of another.
    pub fn may_pass<H: Head>(&self, head: &H, user: Option<&User>, now: Timestamp) -> bool {
        let core = self.at_host_of(head);
        let paths = RequestPaths::of(head, &core.0.site);
        user.is_none_or(|user| core.admits(&paths, user) && !core.is_forged(head, &paths))
            && (user.is_some_and(|user| user.terms().token_expires > now)
                || core.is_public(head, &paths))
    }

    /// Whether a request needs no user. A preflight carries none, so that it meets no guard.
    fn is_public<H: Head>(&self, head: &H, paths: &RequestPaths<'_>) -> bool {
        let machine = &*self.0;
        paths.all(|path| machine.paths.is_public(path))
            || (machine.allow_preflight
                && is_preflight(head)
                && !paths.any(|path| machine.paths.is_guarded(path)))
    }

    fn admits(&self, paths: &RequestPaths<'_>, user: &User) -> bool {
        paths.all(|path| self.0.paths.admits(path, user))
    }

    /// A live session on a protected path: as it is, nearly always.
    fn keep_up<H: Head>(
        &self,
        head: &H,
        paths: &RequestPaths<'_>,
        user: User,
        now: Timestamp,
    ) -> Step {
        let machine = &*self.0;
        let terms = user.terms();
        if terms.is_stale(now) {
            let idle_ends = if self.is_background(head, paths) {
                terms.idle_ends
            } else {
                machine.lifetimes.idle_ends(terms.ends, now)
            };
            return self.refresh(head, user, idle_ends, now);
        }
        if machine.lifetimes.is_roll_due(&terms, now) && !self.is_background(head, paths) {
            return self.ask_to_roll(head, user);
        }
        admit_user(user, None)
    }

    /// A live session on a public path. Nothing waits for the provider there, so that it is kept alive by
    /// pages that people open, and only while it needs no refresh. A session that only a refresh could tell
    /// from a copy is no user here.
    fn greet<H: Head>(
        &self,
        head: &H,
        paths: &RequestPaths<'_>,
        user: User,
        now: Timestamp,
    ) -> Step {
        let terms = user.terms();
        if terms.is_past_grace(now) {
            return admit(None, None, None);
        }
        let is_kept = self.0.lifetimes.is_roll_due(&terms, now)
            && !terms.is_stale(now)
            && classify(head) == Kind::Navigation
            && !self.is_background(head, paths);
        if is_kept {
            return self.ask_to_roll(head, user);
        }
        admit_user(user, None)
    }

    /// Whether nobody may be sitting in front of it.
    fn is_background<H: Head>(&self, head: &H, paths: &RequestPaths<'_>) -> bool {
        is_prefetch(head)
            || is_upgrade(head)
            || is_event_stream(head)
            || paths.any(|path| self.0.paths.is_background(path))
    }

    /// Whether another site's page may have sent this with a session that isn't its own to use.
    fn is_forged<H: Head>(&self, head: &H, paths: &RequestPaths<'_>) -> bool {
        is_unsafe(head)
            && !self.0.sources.vouch_for(head)
            && !paths.all(|path| self.0.paths.allows_cross_site(path))
    }

    /// 403, for what another site asked to do.
    pub(crate) fn cross_site<H: Head>(&self, head: &H) -> Step {
        let detail = "neither Sec-Fetch-Site nor Origin says that the request came from this site; see Builder::trusted_origin";
        Step::reply(self.refuse(head, ErrorCode::CrossSite, detail))
    }

    fn endpoint<H: Head>(&self, endpoint: Endpoint, head: &H, moment: Moment<'_>) -> Step {
        match endpoint {
            Endpoint::Login => self.login_endpoint(head),
            Endpoint::Callback => self.callback_endpoint(head, moment),
            Endpoint::Logout => self.sign_out_endpoint(head, moment),
            Endpoint::Session => self.session_endpoint(head, moment),
        }
    }
}

/// Lets a user through, with what the browser must be told of their session.
pub(crate) fn admit_user(user: User, update: Option<Update>) -> Step {
    admit(Some(user), Some(DEFAULT_CACHE_CONTROL), update)
}

fn admit(
    user: Option<User>,
    default_cache_control: Option<&'static str>,
    update: Option<Update>,
) -> Step {
    Step::Done(Outcome::Admit(Admission {
        user,
        default_cache_control,
        update: update.map(Box::new),
    }))
}
