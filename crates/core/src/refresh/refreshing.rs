//! A request whose access token has expired: it waits for the refresh, before the application is called.
//!
//! Rules:
//! - While the access token lives, a failed refresh changes nothing for the request.
//! - A refused refresh token is no proof that the session is over: the browser may hold a cookie that another response
//!   has replaced already. The request is anonymous, and its cookie stays until the access token is so old that no
//!   replacement can be on its way.
//! - A failure of the network signs no user out: 503, and the cookie stays. So does the first refusal that does not name
//!   the token as its reason; the driver makes the second one a refused token.
//! - Another user's data ends the session, and so does the application's refusal.

use crate::machine::responder::Responder;
use crate::provider::answer::{CLIENT_SETTINGS, TOKEN_ENDPOINT};
use crate::provider::tokens::SessionTokens;
use crate::refresh::failure::RefreshFailure;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::refusal::refuse::{busy, failure as failure_page};
use crate::reply::admission::{Admission, Update};
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::head::Head;
use crate::request::owned_head::OwnedHead;
use crate::session::profile::Profile;
use crate::session::refusal::SessionRefusal;
use crate::session::revoked_session::RevokedSession;
use crate::session::sealed_tokens;
use crate::session::user::{Segment, Terms, User};
use crate::session::write::{cookie_names, remove_session, write};
use crate::sign_in::challenge::{Challenge, send_away};
use crate::sign_in::start::{FormerSession, StartSignIn};
use crate::values::entropy::{Entropy, pair};
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::timestamp::Timestamp;

/// A request that waits for the refresh of its session.
#[derive(Debug)]
#[must_use]
pub struct Refreshing {
    responder: Responder,
    head: OwnedHead,
    user: User,
    /// What the request makes of the session's idle end.
    idle_ends: Timestamp,
    request: RefreshRequest,
}

/// The exits of [`Refreshing`].
#[derive(Debug)]
#[must_use]
pub enum AfterRefresh {
    /// The application answers.
    Admit(Admission),
    /// We answer.
    Reply(Box<Reply>),
    /// The browser is sent to sign in.
    SignIn(Box<StartSignIn>),
}

/// Begins to wait for a refresh. A session whose tokens don't open is challenged instead.
pub(crate) fn refreshing<H: Head>(
    responder: Responder,
    head: &H,
    user: User,
    idle_ends: Timestamp,
    now: Timestamp,
) -> Result<Refreshing, Challenge> {
    let tokens = sealed_tokens::open(&responder.vault, head, &user);
    let Some(SessionTokens {
        refresh_token: Some(refresh_token),
        ..
    }) = tokens
    else {
        let former = FormerSession {
            removals: remove_session(&responder.vault, head),
            refusal: Some(SessionRefusal::Damaged),
            ends: None,
        };
        return Err(send_away(responder, head, former, true, now));
    };
    let segment = user.segment();
    let profile = Profile::of(&segment);
    let request = RefreshRequest {
        key: responder.token_digest.get().of(&refresh_token),
        refresh_token,
        session: user.session(),
        reads_user: RefreshRequest::is_user_due(&profile, now),
        profile,
        is_urgent: segment.token_expires <= now,
    };
    Ok(Refreshing {
        responder,
        head: OwnedHead::of(head),
        user,
        idle_ends,
        request,
    })
}

impl Refreshing {
    /// The question: refresh this.
    #[must_use]
    pub fn request(&self) -> &RefreshRequest {
        &self.request
    }

    /// Goes on with refreshed tokens. Without entropy the session stays as it is, while its access token lives.
    #[expect(clippy::needless_pass_by_value, reason = "entropy serves one purpose")]
    pub fn refreshed(
        self,
        tokens: &RefreshedTokens,
        now: Timestamp,
        entropy: Option<Entropy>,
    ) -> AfterRefresh {
        let before = self.user.segment();
        if tokens.profile.user_id != before.user_id {
            return self.failed(RefreshFailure::OtherUser, now);
        }
        if tokens.generation <= before.generation {
            return self.failed(RefreshFailure::Refused, now);
        }
        let can_wait = now < before.token_expires;
        let written = match &entropy {
            Some(entropy) => self.write_session(tokens, now, entropy),
            None => Err("the operating system gives no entropy"),
        };
        // While the old access token lives, a problem with the new one can wait: it is remembered.
        if can_wait && (written.is_err() || !tokens.is_fresh(now)) {
            return AfterRefresh::Admit(Admission::of(self.user, None));
        }
        let machine = &self.responder;
        let (cookies, user) = match written {
            Ok(written) => written,
            Err(detail) => {
                let code = match entropy {
                    Some(_) => ErrorCode::SessionTooLarge,
                    None => ErrorCode::Internal,
                };
                return AfterRefresh::Reply(machine.write(failure_page(machine, code, detail)));
            }
        };
        if !tokens.is_fresh(now) {
            // The new access token is of no use, but the refresh token may be the only one that still works.
            let draft = self.unavailable().cookies(cookies);
            return AfterRefresh::Reply(machine.write(draft));
        }
        let update = Update {
            cookies,
            tokens: Some(tokens.tokens.clone()),
        };
        AfterRefresh::Admit(Admission::of(user, Some(update)))
    }

    /// The session with refreshed tokens.
    fn write_session(
        &self,
        tokens: &RefreshedTokens,
        now: Timestamp,
        Entropy([nonce, tokens_nonce, _]): &Entropy,
    ) -> Result<(Vec<String>, User), &'static str> {
        let before = self.user.segment();
        let mut profile = tokens.profile.clone();
        if tokens.session_id != before.session_id {
            // The scopes are the tokens'; the rest is what each session keeps of its own sign-in.
            profile = Profile {
                scopes: profile.scopes,
                ..Profile::of(&before)
            };
        }
        let segment = Segment {
            terms: Terms {
                generation: tokens.generation,
                idle_ends: self.idle_ends,
                token_expires: tokens.expires_at,
                token_life: tokens.life,
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
        let vault = &self.responder.vault;
        let (tokens_nonce, []) = pair(tokens_nonce);
        let sealed_tokens = sealed_tokens::seal(vault, &tokens.tokens, &segment, tokens_nonce);
        let present = cookie_names(vault, &self.head);
        write(vault, segment, &sealed_tokens, &present, now, nonce)
            .map_err(|_| "the refreshed session does not fit into five cookies of 4,096 bytes")
    }

    /// Goes on without new tokens.
    pub fn failed(self, failure: RefreshFailure, now: Timestamp) -> AfterRefresh {
        let segment = self.user.segment();
        if !failure.ends_session() && now < segment.token_expires {
            return AfterRefresh::Admit(Admission::of(self.user, None));
        }
        let machine = &self.responder;
        let removals = || remove_session(&machine.vault, &self.head);
        match failure {
            RefreshFailure::OtherUser | RefreshFailure::NotWelcome => {
                let former = FormerSession {
                    removals: removals(),
                    ends: Some(RevokedSession::new(self.user.session(), segment.user_id)),
                    refusal: None,
                };
                self.send_away(former, now)
            }
            RefreshFailure::Refused => {
                let former = FormerSession {
                    removals: if segment.is_past_grace(now) {
                        removals()
                    } else {
                        Vec::new()
                    },
                    ..FormerSession::default()
                };
                self.send_away(former, now)
            }
            RefreshFailure::Misconfigured => {
                let detail = format!(
                    "{TOKEN_ENDPOINT} refuses the client, and sessions can't be refreshed; {CLIENT_SETTINGS}"
                );
                let report = Report::of(ErrorCode::ClientRejected, detail);
                let draft = self.unavailable().report([report]);
                AfterRefresh::Reply(machine.write(draft.retry_after(failure.retry_after())))
            }
            RefreshFailure::Unreachable
            | RefreshFailure::Unavailable { .. }
            | RefreshFailure::Declined
            | RefreshFailure::Unreadable
            | RefreshFailure::Crowded
            | RefreshFailure::Undecided => {
                let draft = self.unavailable().retry_after(failure.retry_after());
                AfterRefresh::Reply(machine.write(draft))
            }
        }
    }

    fn unavailable(&self) -> Draft {
        busy(&self.responder, &self.head, ErrorCode::ProviderUnavailable)
    }

    fn send_away(self, former: FormerSession, now: Timestamp) -> AfterRefresh {
        match send_away(self.responder, &self.head, former, true, now) {
            Challenge::Reply(reply) => AfterRefresh::Reply(reply),
            Challenge::SignIn(start) => AfterRefresh::SignIn(start),
        }
    }
}
