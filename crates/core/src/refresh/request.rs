//! An expired access token on a protected path: the session is refreshed before the application is
//! called (RFC 6749, section 6).
//!
//! Rules:
//! - While the access token lives, nothing that goes wrong here is noticed.
//! - A refused refresh token is no proof that the session is over: the browser may hold a cookie
//!   that another response has replaced already. It is anonymous, and its cookie stays until the
//!   access token is so old that no replacement can be on its way.
//! - What the network lost signs nobody out: 503, and the cookie stays. So does the first refusal that
//!   names no reason in the token; the driver makes the second one a refused token.
//! - Another user's data ends the session, and so does the application's word.

use std::sync::Arc;

use crate::core::Core;
use crate::gate::gate::admit_user;
use crate::provider::answer::{CLIENT_SETTINGS, TOKEN_ENDPOINT};
use crate::refresh::refreshed_tokens::{RefreshFailure, RefreshRequest, RefreshedTokens};
use crate::reply::event::SessionRefusal;
use crate::reply::outcome::{Reply, Report, Update};
use crate::request::head::Head;
use crate::session::profile::Profile;
use crate::session::tokens::SessionTokens;
use crate::session::user::{RevokedSession, User};
use crate::session::user::{Segment, Terms};
use crate::sign_in::challenge::{Anonymous, Former};
use crate::stage::Stage;
use crate::step::{Exchange, Pending, Step};
use crate::values::code::ErrorCode;
use crate::values::entropy::Entropy;
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

/// A request whose session is being refreshed.
#[derive(Debug)]
pub(crate) struct Refreshing {
    user: User,
    /// What the request makes of the session's idle end.
    idle_ends: Timestamp,
    /// What it gets if there is no user after all.
    anonymous: Anonymous,
    /// What it gets if nobody knows.
    unavailable: Reply,
    session_cookies: Vec<String>,
}

impl Core {
    pub(crate) fn refresh<H: Head>(
        &self,
        head: &H,
        user: User,
        idle_ends: Timestamp,
        now: Timestamp,
    ) -> Step {
        let vault = &self.0.vault;
        let Some(SessionTokens {
            refresh_token: Some(refresh_token),
            ..
        }) = vault.tokens(head, &user)
        else {
            let former = Former {
                removals: vault.remove_session(head),
                refusal: Some(SessionRefusal::Damaged),
                ends: None,
            };
            return self.send_away(self.anonymous(head, now, true), former);
        };
        let segment = user.segment();
        let profile = Profile::of(&segment);
        let refresh = RefreshRequest {
            key: self.token_digest(&refresh_token),
            refresh_token,
            session: user.session(),
            reads_user: RefreshRequest::is_user_due(&profile, now),
            profile,
            is_urgent: segment.token_expires <= now,
        };
        let refreshing = Refreshing {
            anonymous: self.anonymous(head, now, true),
            unavailable: self.busy(head, ErrorCode::ProviderUnavailable),
            session_cookies: vault.session_names(head),
            user,
            idle_ends,
        };
        Step::Send(
            Exchange::Refresh(Box::new(refresh)),
            Pending::new(self, Stage::RefreshRequest(Box::new(refreshing))),
        )
    }

    pub(crate) fn refreshed(
        &self,
        refreshing: Refreshing,
        refreshed: &Arc<RefreshedTokens>,
        now: Timestamp,
        Entropy([nonce, tokens_nonce, _]): &Entropy,
    ) -> Step {
        let vault = &self.0.vault;
        let before = refreshing.user.segment();
        let mut profile = refreshed.profile.clone();
        if profile.user_id != before.user_id {
            return self.not_refreshed(refreshing, RefreshFailure::OtherUser, now);
        }
        if refreshed.session_id != before.session_id {
            // The scopes are the tokens'; the rest is what each session keeps of its own sign-in.
            profile = Profile {
                scopes: profile.scopes,
                ..Profile::of(&before)
            };
        }
        if refreshed.generation <= before.generation {
            return self.not_refreshed(refreshing, RefreshFailure::Refused, now);
        }
        let segment = Segment {
            terms: Terms {
                generation: refreshed.generation,
                idle_ends: refreshing.idle_ends,
                token_expires: refreshed.expires_at,
                token_life: refreshed.life,
                user_read: profile.user_read,
                ..before.terms
            },
            name: &profile.name,
            email: &profile.email,
            scopes: &profile.scopes,
            claims: &profile.claims,
            data: &profile.data,
            ..before
        };
        let (tokens_nonce, []) = pair(tokens_nonce);
        let sealed_tokens = vault.seal_tokens(&refreshed.tokens, &segment, tokens_nonce);
        let present = &refreshing.session_cookies;
        let written = vault.set_session(segment, &sealed_tokens, present, now, nonce);
        // While the old access token lives, what is wrong with the new one can wait: it is remembered.
        let can_wait = now < before.token_expires;
        if can_wait && (written.is_err() || refreshed.expires_at <= now) {
            return admit_user(refreshing.user, None);
        }
        let Ok((cookies, user)) = written else {
            let detail = "the refreshed session does not fit into five cookies of 4,096 bytes";
            let reply = self.failure(ErrorCode::SessionTooLarge, detail);
            return Step::reply(reply);
        };
        if refreshed.expires_at <= now {
            // Nothing can be done with the new access token, but the refresh token may be the only
            // one that still works.
            let reply = refreshing.unavailable.cookies(cookies);
            return Step::reply(reply);
        }
        let update = Update {
            cookies,
            tokens: Some(refreshed.tokens.clone()),
        };
        admit_user(user, Some(update))
    }

    pub(crate) fn not_refreshed(
        &self,
        refreshing: Refreshing,
        failure: RefreshFailure,
        now: Timestamp,
    ) -> Step {
        let segment = refreshing.user.segment();
        if !failure.ends_session() && now < segment.token_expires {
            return admit_user(refreshing.user, None);
        }
        let removals = self.0.vault.remove_chunks(&refreshing.session_cookies, 0);
        match failure {
            RefreshFailure::OtherUser | RefreshFailure::NotWelcome => {
                let former = Former {
                    removals,
                    ends: Some(RevokedSession::new(
                        refreshing.user.session(),
                        segment.user_id,
                    )),
                    refusal: None,
                };
                self.send_away(refreshing.anonymous, former)
            }
            RefreshFailure::Refused => {
                let former = Former {
                    removals: if segment.is_past_grace(now) {
                        removals
                    } else {
                        Vec::new()
                    },
                    ..Former::default()
                };
                self.send_away(refreshing.anonymous, former)
            }
            RefreshFailure::Misconfigured => {
                let detail = format!(
                    "{TOKEN_ENDPOINT} refuses the client, and sessions can't be refreshed; {CLIENT_SETTINGS}"
                );
                let report = Report::of(ErrorCode::ClientRejected, detail);
                let reply = refreshing.unavailable.report([report]);
                Step::reply(reply.retry_after(failure.retry_after()))
            }
            RefreshFailure::Unreachable
            | RefreshFailure::Unavailable { .. }
            | RefreshFailure::Declined
            | RefreshFailure::Unreadable
            | RefreshFailure::Crowded
            | RefreshFailure::Undecided => {
                Step::reply(refreshing.unavailable.retry_after(failure.retry_after()))
            }
        }
    }
}
