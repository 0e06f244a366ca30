//! The interface of the core to a handler or a guard: what it asks about its own request.

use std::sync::Arc;

use crate::admission::resealing::Resealing;
use crate::bearer::machine::token_id;
use crate::bearer::shown::shown_token;
use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::provider::sign_in_options::{SignInError, SignInOptions};
use crate::provider::tokens::SessionTokens;
use crate::refusal::parts::{kind_of, shown_page};
use crate::refusal::refuse::{busy, refuse};
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::classify::Kind;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::rules::path_rules::Need;
use crate::session::found::Found;
use crate::session::sealed_tokens;
use crate::session::user::User;
use crate::session::write::remove_session;
use crate::sign_in::challenge::{
    Ask, Challenge, challenge, looped, send_away, unasked, unauthenticated, unmet,
};
use crate::sign_in::start::{FormerSession, StartSignIn};
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;
use crate::values::timestamp::Timestamp;

/// For how long after a sign-in a new sign-in can't help, in seconds.
const JUST_SIGNED_IN: u64 = 60;
/// A clause for the operator.
const REFUSED: &str = "a handler or middleware of the application refused the user";

/// A request that the application handles.
pub struct Handling<'a, H> {
    responder: Responder,
    head: &'a H,
}

impl<'a, H: Head> Handling<'a, H> {
    pub(crate) fn new(machine: &Arc<Machine>, head: &'a H) -> Self {
        Self {
            responder: Responder::to(machine, head),
            head,
        }
    }

    /// The reply to a request without a user.
    pub fn challenge(self, found: &Found, now: Timestamp) -> Challenge {
        challenge(self.responder, self.head, found, now)
    }

    /// The reply to a request whose user lacks what a guard needs.
    pub fn unmet(self, need: &Need, user: &User, now: Timestamp) -> Challenge {
        unmet(self.responder, self.head, need, user, now, REFUSED)
    }

    /// A sign-in with options, which the application asks for. `user` is signed in.
    ///
    /// A user of a bearer token is refused. The reply is a page if the browser is in a sign-in loop. It is a page too if no
    /// page of this origin asks for the user's further scopes.
    ///
    /// # Errors
    ///
    /// [`SignInError`], if an option can't be sent.
    pub fn start(
        self,
        options: &SignInOptions,
        user: Option<&User>,
        now: Timestamp,
    ) -> Result<Challenge, SignInError> {
        options.check()?;
        if user.is_some_and(|user| !user.has_session()) {
            return Ok(Challenge::Reply(self.session_required()));
        }
        let Self { responder, head } = self;
        let kind = kind_of(&responder, head);
        let here = shown_page(&responder, head, kind);
        let again = || {
            let is_page = matches!(kind, Kind::Navigation | Kind::FormPost | Kind::Frame);
            is_page.then(|| here.as_str().to_owned())
        };
        if let Some(draft) = unasked(&responder, head, options, user, again) {
            return Ok(Challenge::Reply(responder.write(draft)));
        }
        let return_to = match &options.return_to {
            Some(address) => ReturnTo::parse(address, &responder.site),
            None => here,
        };
        // The session of a user who is signed in sticks. A recent sign-in may still be lost.
        let sticks = user.is_some() && options.max_age.is_none();
        let detail = "three sign-ins of a handler within a minute came back without their session";
        if kind == Kind::Navigation
            && !sticks
            && let Some(draft) = looped(&responder, head, &return_to, detail, now)
        {
            return Ok(Challenge::Reply(responder.write(draft)));
        }
        let start = StartSignIn::with_options(responder, head, return_to, options, user);
        Ok(Challenge::SignIn(Box::new(start.told_to(kind))))
    }

    /// The reply to a user whose tokens the provider refuses although they were just refreshed. The person signs in again.
    ///
    /// If the session is less than a minute old, a navigation gets a page with a button. A redirect could be a loop.
    pub fn refused_tokens(self, user: &User, now: Timestamp) -> Challenge {
        let Self { responder, head } = self;
        let kind = kind_of(&responder, head);
        if kind == Kind::Navigation && now.seconds_since(user.session().issued()) < JUST_SIGNED_IN {
            let draft = unauthenticated(&responder, head, kind, &Ask::sign_in());
            return Challenge::Reply(responder.write(draft.about(user)));
        }
        send_away(responder, head, FormerSession::default(), true, now)
    }

    /// A 503 for a request whose handler gets no answer from the provider or the store. `detail` is a clause for the
    /// operator.
    #[must_use]
    pub fn unavailable(
        &self,
        code: ErrorCode,
        detail: &'static str,
        retry_after: u64,
    ) -> Box<Reply> {
        let draft = busy(&self.responder, self.head, code).report([Report::of(code, detail)]);
        self.responder.write(draft.retry_after(retry_after))
    }

    /// A refusal with this code, for a request whose handler can't use what the provider answered.
    #[must_use]
    pub fn unusable(&self, code: ErrorCode, detail: &'static str) -> Box<Reply> {
        self.refuse(code, detail)
    }

    /// A 403 for a request whose user lacks what a guard of the application requires.
    #[must_use]
    pub fn forbidden(&self) -> Box<Reply> {
        self.refuse(ErrorCode::Forbidden, REFUSED)
    }

    /// A 403 for a request with a bearer token, where a handler needs a session.
    #[must_use]
    pub fn session_required(&self) -> Box<Reply> {
        let detail = "a handler needs a session, and the request shows a bearer token";
        self.refuse(ErrorCode::SessionRequired, detail)
    }

    /// A 503 for a request whose guard could not decide. `cause` is a clause for the operator.
    #[must_use]
    pub fn undecided(&self, cause: &str) -> Box<Reply> {
        let detail = format!("a guard could not decide: {cause}");
        let draft = refuse(
            &self.responder,
            self.head,
            ErrorCode::GuardUndecided,
            detail,
        );
        self.responder.write(draft)
    }

    /// The tokens of the request's session, or its bearer token. This call opens the tokens. `user` is the user that the
    /// request was admitted with.
    ///
    /// # Errors
    ///
    /// A reply, if the application discards tokens (`sign_in_only`), if the cookie's second segment is damaged or
    /// incomplete, or if the access token has expired. On a protected path, the access token has never expired.
    pub fn tokens(&self, user: &User, now: Timestamp) -> Result<SessionTokens, Box<Reply>> {
        if !user.has_session() {
            let token = shown_token(self.head)
                .filter(|token| token_id(token) == user.terms().session_id)
                .map(|token| SessionTokens::bearer(token.to_owned()));
            return token.ok_or_else(|| {
                let detail =
                    "the request no longer shows the bearer token that it was admitted with";
                self.refuse(ErrorCode::TokensUnusable, detail)
            });
        }
        let machine = &self.responder;
        if machine.sign_in_only {
            let detail =
                "a handler asks for tokens, but sign_in_only discards them; remove one of the two";
            return Err(self.refuse(ErrorCode::TokensDiscarded, detail));
        }
        if user.terms().token_expires <= now {
            let detail = "the access token has expired, and a public path refreshes no session";
            return Err(self.refuse(ErrorCode::TokensExpired, detail));
        }
        sealed_tokens::open(&machine.vault, self.head, user).ok_or_else(|| {
            let detail = "the tokens in the session's cookie do not open";
            let draft = self.refusal(ErrorCode::TokensUnusable, detail);
            machine.write(draft.cookies(remove_session(&machine.vault, self.head)))
        })
    }

    /// The request's session, to change it. `user` is the user that the request was admitted with, and `tokens` are
    /// those that it has refreshed, if it has.
    pub fn resealing(&self, user: User, tokens: Option<&SessionTokens>) -> Resealing {
        Resealing::new(self.responder.machine(), self.head, user, tokens)
    }

    fn refuse(&self, code: ErrorCode, detail: &'static str) -> Box<Reply> {
        self.responder.write(self.refusal(code, detail))
    }

    fn refusal(&self, code: ErrorCode, detail: &'static str) -> Draft {
        refuse(&self.responder, self.head, code, detail)
    }
}
