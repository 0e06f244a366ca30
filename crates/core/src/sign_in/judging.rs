//! Judging: whether a sign-in brings what was demanded, before the application's hook is asked.
//!
//! Rules:
//! - The user of a session that is kept stays the same. Another user's tokens are revoked.
//! - The tokens of the same user are not revoked, since a provider may revoke the session's own tokens with them.
//! - A time of the provider is compared with the demanded age, if the setting says where it is. A provider that ignores
//!   the demand ends on a page, and never in a loop.

use crate::provider::tokens::SessionTokens;
use crate::refusal::failed_sign_in::{session_stays, sign_in_failed};
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::session::lifetimes::MAX_SKEW;
use crate::sign_in::known_callback::KnownCallback;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// A sign-in is this much older at most than demanded, in seconds, since the clocks of servers differ. It is less than
/// what a guard allows, so that a sign-in which is accepted here passes the guard.
const SKEW: u64 = 30;

/// What a sign-in has brought.
pub(crate) struct Brought<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) scopes: &'a str,
    /// The time of the sign-in, as the provider says it.
    pub(crate) auth_time: Option<Timestamp>,
}

impl KnownCallback {
    /// Why a sign-in does not bring what was demanded: the code, and a clause for the operator.
    pub(crate) fn lack(
        &self,
        brought: &Brought<'_>,
        now: Timestamp,
    ) -> Option<(ErrorCode, &'static str)> {
        let before = self
            .before
            .as_ref()
            .filter(|_| self.demands.keeps.is_some());
        if before.is_some_and(|(user, _)| user.id() != brought.user_id) {
            let detail = "another user signed in to a sign-in that keeps the session";
            return Some((ErrorCode::OtherUser, detail));
        }
        if let Some(max_age) = self.demands.max_age
            && self.responder.provider.auth_time.is_some()
        {
            let Some(at) = brought.auth_time else {
                let detail = "the answer has no time of the sign-in; set FNCY_AUTH_TIME to its place, or remove the setting";
                return Some((ErrorCode::AuthTimeMissing, detail));
            };
            if at > now.plus(MAX_SKEW) || at.plus(max_age).plus(SKEW) < now {
                let detail = "the time of the sign-in (FNCY_AUTH_TIME) is older than max_age, or in the future";
                return Some((ErrorCode::SignInNotRecent, detail));
            }
        }
        if self.kept().is_some() && self.demands.lacks_scope(brought.scopes) {
            let detail = "fewer scopes were granted than asked for, or the token answer names none (see danger_trust_requested_scope)";
            return Some((ErrorCode::InsufficientScope, detail));
        }
        None
    }

    /// Ends a sign-in that brings less than was demanded.
    pub(crate) fn lacking(
        self,
        (code, detail): (ErrorCode, &'static str),
        tokens: SessionTokens,
    ) -> Box<Reply> {
        let stays = self.demands.keeps.is_some() && self.before.is_some();
        self.ended(code != ErrorCode::OtherUser, tokens, |callback| {
            let (machine, return_to) = (&callback.responder, &callback.return_to);
            if stays {
                session_stays(machine, code, detail, return_to)
            } else {
                sign_in_failed(machine, code, detail, return_to)
            }
        })
    }

    /// Ends a sign-in with a page. Its tokens are revoked, unless the session that stays may share their grant.
    pub(crate) fn ended(
        self,
        is_same_user: bool,
        tokens: SessionTokens,
        page: impl FnOnce(&Self) -> Draft,
    ) -> Box<Reply> {
        let machine = &self.responder;
        let shares_grant = is_same_user && self.kept().is_some();
        let unused = (!shares_grant).then_some(tokens);
        let revoke = unused.and_then(|tokens| machine.revocation_of(tokens));
        let draft = page(&self).revoking(revoke);
        let draft = match &self.before {
            Some((user, _)) => draft.about(user),
            None => draft,
        };
        machine.write(draft.cookies([self.removal.clone()]))
    }
}
