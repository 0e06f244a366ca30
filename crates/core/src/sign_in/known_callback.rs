//! The callback of a known transaction, which the states of a sign-in carry along.

use crate::machine::responder::Responder;
use crate::provider::answer::ProviderError;
use crate::provider::tokens::SessionTokens;
use crate::refusal::failed_sign_in::{session_stays, sign_in_failed};
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::return_to::ReturnTo;
use crate::session::user::User;
use crate::sign_in::demands::Demands;
use crate::sign_in::loop_count::LoopCount;

/// A callback whose transaction is this browser's.
#[derive(Debug)]
pub(crate) struct KnownCallback {
    pub(crate) responder: Responder,
    pub(crate) return_to: ReturnTo,
    pub(crate) demands: Demands,
    /// The line that removes the transaction.
    pub(crate) removal: String,
    /// The user of the browser's former session, with its tokens.
    pub(crate) before: Option<(User, Option<SessionTokens>)>,
    /// The browser's sessions without their device cookie.
    pub(crate) unproven: Vec<User>,
    /// The names of the session cookies in the request, and of the device cookies that go with a former session.
    pub(crate) session_cookies: Vec<String>,
    pub(crate) loop_count: LoopCount,
}

impl KnownCallback {
    /// The user of the session that the sign-in keeps, if that session is still the browser's.
    pub(crate) fn kept(&self) -> Option<&User> {
        let (user, _) = self.before.as_ref()?;
        self.demands.is_for(user).then_some(user)
    }

    /// The page of a failed sign-in.
    pub(crate) fn failed(self, error: ProviderError) -> Box<Reply> {
        let ProviderError {
            code,
            detail,
            retry_after,
        } = error;
        let machine = &self.responder;
        let draft = if self.kept().is_some() {
            session_stays(machine, code, detail, &self.return_to)
        } else {
            sign_in_failed(machine, code, detail, &self.return_to)
        };
        let draft = draft.cookies([self.removal]);
        machine.write(match retry_after {
            Some(seconds) => draft.retry_after(seconds),
            None => draft,
        })
    }
}

/// The redirect to the return address. `no-referrer` keeps the code out of the next `Referer`.
pub(crate) fn arrive(return_to: &ReturnTo) -> Draft {
    Draft::see_other(return_to.as_str()).header("referrer-policy", "no-referrer")
}
