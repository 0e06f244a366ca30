//! An expired access token on a protected path: the session is renewed before the application is
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

use super::Stage;
use super::challenge::{Anonymous, Former};
use super::gate::admit_user;
use crate::entropy::pair;
use crate::outcome::{Reply, Report, Update};
use crate::profile::Profile;
use crate::provider::{CLIENT_SETTINGS, TOKEN_ENDPOINT};
use crate::renewal::{Renew, RenewalFailure, Successor};
use crate::step::{Exchange, Pending, Step};
use crate::tokens::Tokens;
use crate::user::{Segment, Terms};
use crate::{Code, Core, EndedSession, Entropy, Head, SessionRefusal, Timestamp, User};

/// A request whose session is being renewed.
#[derive(Debug)]
pub(crate) struct Renewing {
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
    pub(super) fn renew<H: Head>(
        &self,
        head: &H,
        user: User,
        idle_ends: Timestamp,
        now: Timestamp,
    ) -> Step {
        let vault = &self.0.vault;
        let Some(Tokens {
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
        let renew = Renew {
            key: self.token_digest(&refresh_token),
            refresh_token,
            session: user.session(),
            reads_user: Renew::is_user_due(&profile, now),
            profile,
            is_urgent: segment.token_expires <= now,
        };
        let renewing = Renewing {
            anonymous: self.anonymous(head, now, true),
            unavailable: self.busy(head, Code::ProviderUnavailable),
            session_cookies: vault.session_names(head),
            user,
            idle_ends,
        };
        Step::Send(
            Exchange::Renew(Box::new(renew)),
            Pending::new(self, Stage::Renew(Box::new(renewing))),
        )
    }

    pub(super) fn renewed(
        &self,
        renewing: Renewing,
        successor: &Arc<Successor>,
        now: Timestamp,
        Entropy([nonce, tokens_nonce, _]): &Entropy,
    ) -> Step {
        let vault = &self.0.vault;
        let before = renewing.user.segment();
        let mut profile = successor.profile.clone();
        if profile.user_id != before.user_id {
            return self.not_renewed(renewing, RenewalFailure::OtherUser, now);
        }
        if successor.session_id != before.session_id {
            // The scopes are the tokens'; the rest is what each session keeps of its own sign-in.
            profile = Profile {
                scopes: profile.scopes,
                ..Profile::of(&before)
            };
        }
        if successor.generation <= before.generation {
            return self.not_renewed(renewing, RenewalFailure::Refused, now);
        }
        let segment = Segment {
            terms: Terms {
                generation: successor.generation,
                idle_ends: renewing.idle_ends,
                token_expires: successor.expires_at,
                token_life: successor.life,
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
        let sealed_tokens = vault.seal_tokens(&successor.tokens, &segment, tokens_nonce);
        let present = &renewing.session_cookies;
        let written = vault.set_session(segment, &sealed_tokens, present, now, nonce);
        // While the old access token lives, what is wrong with the new one can wait: it is remembered.
        let can_wait = now < before.token_expires;
        if can_wait && (written.is_err() || successor.expires_at <= now) {
            return admit_user(renewing.user, None);
        }
        let Ok((cookies, user)) = written else {
            let detail = "the renewed session does not fit into five cookies of 4,096 bytes";
            let reply = self.failure(Code::SessionTooLarge, detail);
            return Step::reply(reply);
        };
        if successor.expires_at <= now {
            // Nothing can be done with the new access token, but the refresh token may be the only
            // one that still works.
            let reply = renewing.unavailable.cookies(cookies);
            return Step::reply(reply);
        }
        let update = Update {
            cookies,
            tokens: Some(successor.tokens.clone()),
        };
        admit_user(user, Some(update))
    }

    pub(super) fn not_renewed(
        &self,
        renewing: Renewing,
        failure: RenewalFailure,
        now: Timestamp,
    ) -> Step {
        let segment = renewing.user.segment();
        if !failure.ends_session() && now < segment.token_expires {
            return admit_user(renewing.user, None);
        }
        let removals = self.0.vault.remove_chunks(&renewing.session_cookies, 0);
        match failure {
            RenewalFailure::OtherUser | RenewalFailure::NotWelcome => {
                let former = Former {
                    removals,
                    ends: Some(EndedSession::new(renewing.user.session(), segment.user_id)),
                    refusal: None,
                };
                self.send_away(renewing.anonymous, former)
            }
            RenewalFailure::Refused => {
                let former = Former {
                    removals: if segment.is_past_grace(now) {
                        removals
                    } else {
                        Vec::new()
                    },
                    ..Former::default()
                };
                self.send_away(renewing.anonymous, former)
            }
            RenewalFailure::Misconfigured => {
                let detail = format!(
                    "{TOKEN_ENDPOINT} refuses the client, and sessions can't be renewed; {CLIENT_SETTINGS}"
                );
                let report = Report::of(Code::ClientRejected, detail);
                let reply = renewing.unavailable.report([report]);
                Step::reply(reply.retry_after(failure.retry_after()))
            }
            RenewalFailure::Unreachable
            | RenewalFailure::Unavailable { .. }
            | RenewalFailure::Declined
            | RenewalFailure::Unreadable
            | RenewalFailure::Crowded
            | RenewalFailure::Undecided => {
                Step::reply(renewing.unavailable.retry_after(failure.retry_after()))
            }
        }
    }
}
