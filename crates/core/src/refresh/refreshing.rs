//! Refreshing: a request waits for the refresh of its session, before the application is called.
//!
//! Rules:
//! - While the access token is valid, a failed refresh changes nothing for the request. But if the user must be read
//!   again, a refused refresh token leads to a new sign-in.
//! - Path guards judge the user after the refresh. A refusal brings the new cookies.
//! - A refused refresh token does not prove that the session is over. Another response may already have replaced the
//!   cookie. So the request is anonymous, and the cookie stays until no replacement can be on its way.
//! - A network failure signs no user out: the reply is 503, and the cookie stays. The same holds for the first refusal
//!   that does not name the token as its reason. The driver turns the second one into a refused token.
//! - User data of another user ends the session, and so does a refusal by the application.

use std::sync::Arc;

use crate::admission::admission::{Admission, Update};
use crate::admission::resealing::{Resealing, Second};
use crate::machine::responder::Responder;
use crate::provider::answer::{CLIENT_SETTINGS, TOKEN_ENDPOINT};
use crate::provider::tokens::SessionTokens;
use crate::refresh::failure::RefreshFailure;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::refusal::refuse::{busy, failure as failure_page};
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::head::Head;
use crate::request::owned_head::OwnedHead;
use crate::request::request_paths::RequestPaths;
use crate::session::refusal::SessionRefusal;
use crate::session::revoked_session::RevokedSession;
use crate::session::sealed_tokens;
use crate::session::user::User;
use crate::session::write::{cookie_names, remove_session, write};
use crate::sign_in::challenge::{Challenge, guard, send_away};
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
    /// The session's idle end after this request.
    idle_ends: Timestamp,
    request: Arc<RefreshRequest>,
}

/// The exits of [`Refreshing`].
#[derive(Debug)]
#[must_use]
pub enum AfterRefresh {
    /// The application answers the request.
    Admit(Admission),
    /// The login answers the request.
    Reply(Box<Reply>),
    /// The browser is sent to sign in.
    SignIn(Box<StartSignIn>),
}

impl From<Challenge> for AfterRefresh {
    fn from(challenge: Challenge) -> Self {
        match challenge {
            Challenge::Reply(reply) => Self::Reply(reply),
            Challenge::SignIn(start) => Self::SignIn(start),
        }
    }
}

/// Starts to wait for a refresh. If the session's tokens don't open, the request is challenged instead.
pub(crate) fn refreshing<H: Head>(
    responder: Responder,
    head: &H,
    user: User,
    idle_ends: Timestamp,
    read_since: Timestamp,
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
    let request = RefreshRequest::new(&responder, &user, refresh_token, read_since, now);
    Ok(Refreshing {
        responder,
        head: OwnedHead::of(head),
        user,
        idle_ends,
        request: Arc::new(request),
    })
}

impl Refreshing {
    /// The question: refresh this session.
    #[must_use]
    pub fn request(&self) -> &Arc<RefreshRequest> {
        &self.request
    }

    /// Goes on with refreshed tokens. Without entropy, the session stays as it is, as long as its access token is
    /// valid.
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
            None => Err("the operating system returned no random bytes"),
        };
        // While the old access token is valid, a problem with the new one can wait. The next request finds it again.
        if can_wait && (written.is_err() || !tokens.is_fresh(now)) {
            return self.admit(self.user.clone(), None, now);
        }
        let machine = &self.responder;
        let (cookies, session) = match written {
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
            // The new access token is useless, but its refresh token may be the only one that still works.
            let draft = self
                .unavailable(ErrorCode::ProviderUnavailable)
                .cookies(cookies);
            return AfterRefresh::Reply(machine.write(draft));
        }
        let update = Update {
            cookies,
            tokens: Some(tokens.tokens.clone()),
            session,
        };
        let user = update.session.user().clone();
        self.admit(user, Some(update), now)
    }

    /// Admits the request, unless the guards of its paths refuse this user.
    fn admit(&self, user: User, update: Option<Update>, now: Timestamp) -> AfterRefresh {
        let machine = self.responder.machine();
        let paths = RequestPaths::of(&self.head, &machine.site);
        match guard(machine, &self.head, &paths, &user, now) {
            Some(refused) => {
                let cookies = update.map(|update| update.cookies);
                refused.bringing(cookies.unwrap_or_default()).into()
            }
            None => AfterRefresh::Admit(Admission::of(user, update)),
        }
    }

    /// Writes the session with refreshed tokens.
    fn write_session(
        &self,
        tokens: &RefreshedTokens,
        now: Timestamp,
        Entropy([nonce, tokens_nonce, _]): &Entropy,
    ) -> Result<(Vec<String>, Resealing), &'static str> {
        let segment = tokens.segment(self.user.segment(), self.idle_ends);
        let vault = &self.responder.vault;
        let (tokens_nonce, []) = pair(tokens_nonce);
        let sealed_tokens = sealed_tokens::seal(vault, &tokens.tokens, &segment, tokens_nonce);
        let present = cookie_names(vault, &self.head);
        let (cookies, user) = write(vault, segment, &sealed_tokens, &present, now, nonce)
            .map_err(|_| "the refreshed session does not fit into five cookies of 4,096 bytes")?;
        let second = Second::Copied(sealed_tokens);
        let machine = self.responder.machine();
        Ok((cookies, Resealing::of(machine, user, second, present)))
    }

    /// Goes on after a failed refresh.
    pub fn failed(self, failure: RefreshFailure, now: Timestamp) -> AfterRefresh {
        let segment = self.user.segment();
        let is_user_due = segment.user_read < self.request.read_since;
        let is_over = failure.ends_session() || (failure == RefreshFailure::Refused && is_user_due);
        if !is_over && now < segment.token_expires {
            return self.admit(self.user.clone(), None, now);
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
                let draft = self
                    .unavailable(ErrorCode::ProviderUnavailable)
                    .report([report]);
                AfterRefresh::Reply(machine.write(draft.retry_after(failure.retry_after())))
            }
            RefreshFailure::Unreachable
            | RefreshFailure::Unavailable { .. }
            | RefreshFailure::Declined
            | RefreshFailure::Unreadable
            | RefreshFailure::Crowded
            | RefreshFailure::StoreUnavailable
            | RefreshFailure::Undecided => {
                let code = match failure {
                    RefreshFailure::StoreUnavailable => ErrorCode::StoreUnavailable,
                    _ => ErrorCode::ProviderUnavailable,
                };
                let draft = self.unavailable(code).retry_after(failure.retry_after());
                AfterRefresh::Reply(machine.write(draft))
            }
        }
    }

    fn unavailable(&self, code: ErrorCode) -> Draft {
        busy(&self.responder, &self.head, code).about(&self.user)
    }

    fn send_away(self, former: FormerSession, now: Timestamp) -> AfterRefresh {
        send_away(self.responder, &self.head, former, true, now).into()
    }
}
