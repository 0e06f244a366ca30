//! Replies and tokens for extractors and guards.

use fncy_login_core::{
    Challenge, Checked, Head, Reply, SessionTokens, StartSignIn, StoreAnswer, User,
};

use crate::handle::login::Login;
use crate::handle::replies::send;
use crate::handle::revocation_check::check_sessions;
use crate::observe::clock;

/// The reply to a request without a user.
pub(crate) fn challenge<H: Head>(login: &Login, head: &H) -> Box<Reply> {
    let now = login.0.clock.now();
    let found = match check_sessions(login, head, now) {
        Checked::Found(found) => found,
        Checked::Ask(ask) if ask.asks_revoked() => ask.answered(StoreAnswer::Unknown),
        Checked::Ask(ask) => ask.answered(StoreAnswer::Live),
    };
    send(match login.0.core.handling(head).challenge(&found, now) {
        Challenge::Reply(reply) => reply,
        Challenge::SignIn(start) => redirect(login, *start),
    })
}

/// The reply to a user who lacks a permission.
pub(crate) fn forbidden<H: Head>(login: &Login, head: &H) -> Box<Reply> {
    send(login.0.core.handling(head).forbidden())
}

/// The reply to a user of whom a guard could not decide.
pub(crate) fn undecided<H: Head>(login: &Login, head: &H, cause: &str) -> Box<Reply> {
    send(login.0.core.handling(head).undecided(cause))
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
    tokens.map_err(send)
}

/// The redirect that begins a sign-in.
pub(crate) fn redirect(login: &Login, start: StartSignIn) -> Box<Reply> {
    start.redirect(login.0.clock.now(), clock::entropy())
}
