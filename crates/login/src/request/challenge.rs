//! Replies and tokens for extractors and guards. They are not sent yet: [`send`] tells their events.
//!
//! [`send`]: crate::handle::replies::send

use fncy_login_core::{
    BearerRefusal, Challenge, Checked, Credential, ErrorCode, Head, Need, Reply, SessionTokens,
    SignInError, SignInOptions, StartSignIn, StoreAnswer, User,
};

use crate::handle::caller::event_request;
use crate::handle::login::Login;
use crate::handle::replies::send;
use crate::handle::revocation_check::check_sessions;
use crate::hooks::request_context::RequestContext;
use crate::observe::clock;
use crate::provider::api_error::ApiError;

/// The reply to a request without a user. If it begins a sign-in, the return address is added to the `request` that hooks
/// see. `unknown` stands for the store's answer about a session that may be revoked.
pub(crate) fn challenge<H: Head>(
    login: &Login,
    head: &H,
    unknown: StoreAnswer,
    request: &mut Option<RequestContext>,
) -> Box<Reply> {
    // A request that shows a token has no session.
    if let Some(bearers) = &login.0.bearers
        && bearers.machine.shown(head).is_some()
    {
        return bearers.machine.refuse(head, &BearerRefusal::NoToken);
    }
    let now = login.0.clock.now();
    let found = match check_sessions(login, head, now) {
        Checked::Found(found) => found,
        Checked::Ask(ask) if ask.is_former() => ask.answered(StoreAnswer::BoundSince(None)),
        Checked::Ask(ask) if ask.asks_revoked() => ask.answered(unknown),
        Checked::Ask(ask) => ask.answered(StoreAnswer::Live),
    };
    answer(
        login,
        login.0.core.handling(head).challenge(&found, now),
        request,
    )
}

/// The reply to a user who lacks what a guard needs.
pub(crate) fn unmet<H: Head>(
    login: &Login,
    head: &H,
    need: &Need,
    user: &User,
    request: &mut Option<RequestContext>,
) -> Box<Reply> {
    let now = login.0.clock.now();
    let challenge = login.0.core.handling(head).unmet(need, user, now);
    answer(login, challenge, request)
}

/// The reply that begins a sign-in of the application's own.
pub(crate) fn sign_in<H: Head>(
    login: &Login,
    head: &H,
    options: &SignInOptions,
    user: Option<&User>,
    request: &mut Option<RequestContext>,
) -> Result<Box<Reply>, SignInError> {
    let now = login.0.clock.now();
    let challenge = login.0.core.handling(head).start(options, user, now)?;
    Ok(answer(login, challenge, request))
}

/// The reply to a challenge. If it begins a sign-in, the return address is added to the `request` that hooks see.
fn answer(login: &Login, challenge: Challenge, request: &mut Option<RequestContext>) -> Box<Reply> {
    match challenge {
        Challenge::Reply(reply) => reply,
        Challenge::SignIn(start) => {
            let seen = request.take();
            *request = seen.map(|request| request.returning_to(start.return_to()));
            redirect(login, *start)
        }
    }
}

/// The reply to a user who lacks a permission.
pub(crate) fn forbidden<H: Head>(login: &Login, head: &H) -> Box<Reply> {
    login.0.core.handling(head).forbidden()
}

/// The reply to a user of whom a guard could not decide.
pub(crate) fn undecided<H: Head>(login: &Login, head: &H, cause: &str) -> Box<Reply> {
    login.0.core.handling(head).undecided(cause)
}

/// The reply to a user of a bearer token, where a handler needs a session.
pub(crate) fn session_required<H: Head>(login: &Login, head: &H, user: &User) -> Box<Reply> {
    let reply = login.0.core.handling(head).session_required();
    told(login, head, user, reply)
}

/// The reply to a request whose handler gets no answer from FNCY's API. `None` for a mistake of the handler.
pub(crate) fn unanswered<H: Head>(
    login: &Login,
    head: &H,
    user: &User,
    error: ApiError,
    request: &mut Option<RequestContext>,
) -> Option<Box<Reply>> {
    if user.credential() == Credential::BearerToken
        && let ApiError::NotRefreshable | ApiError::Refused = error
        && let Some(bearers) = &login.0.bearers
    {
        let refusal = BearerRefusal::Invalid("FNCY's API refuses it");
        return Some(bearers.machine.refuse(head, &refusal));
    }
    let handling = login.0.core.handling(head);
    Some(match error {
        ApiError::OtherOrigin | ApiError::ReservedHeader | ApiError::ResponseSent => return None,
        // The session is over, and its cookie may be an old copy of a newer one.
        ApiError::SessionEnded => challenge(login, head, StoreAnswer::Outdated, request),
        ApiError::NotRefreshable | ApiError::Refused => {
            let challenge = handling.refused_tokens(user, login.0.clock.now());
            answer(login, challenge, request)
        }
        ApiError::Unavailable { retry_after } => {
            handling.unavailable(ErrorCode::ProviderUnavailable, error.detail(), retry_after)
        }
        ApiError::Undecided => {
            handling.unavailable(ErrorCode::ProviderUnavailable, error.detail(), 1)
        }
        ApiError::StoreUnavailable => {
            handling.unavailable(ErrorCode::StoreUnavailable, error.detail(), 1)
        }
        ApiError::AnswerTooLarge => handling.unusable(ErrorCode::InvalidResponse, error.detail()),
        ApiError::SessionTooLarge => handling.unusable(ErrorCode::SessionTooLarge, error.detail()),
    })
}

/// The tokens of a request's session, or the reply if they can't be read.
pub(crate) fn tokens<H: Head>(
    login: &Login,
    head: &H,
    user: &User,
) -> Result<SessionTokens, Box<Reply>> {
    let tokens = login
        .0
        .core
        .handling(head)
        .tokens(user, login.0.clock.now());
    tokens.map_err(|reply| told(login, head, user, reply))
}

fn told<H: Head>(login: &Login, head: &H, user: &User, mut reply: Box<Reply>) -> Box<Reply> {
    reply.subject = Some(user.into());
    send(login, reply, event_request(login, head).as_ref())
}

/// The redirect that begins a sign-in.
pub(crate) fn redirect(login: &Login, start: StartSignIn) -> Box<Reply> {
    start.redirect(login.0.clock.now(), clock::entropy())
}
