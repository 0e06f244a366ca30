//! Approving a refresh: the user is known, and the application's hook decides, if there is one (`on_refresh`).
//!
//! Rule: a hook that fails loses no tokens. They are left for the next request with a note that the hook must be asked
//! again.

use std::fmt;

use crate::machine::machine::Machine;
use crate::provider::exchange::Revoke;
use crate::provider::tokens::SessionTokens;
use crate::refresh::failure::RefreshFailure;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::session::revoked_session::RevokedSession;
use crate::values::hook_answer::HookAnswer;

/// Refreshed tokens whose user is known.
#[must_use]
pub enum UserKnown {
    /// The application's hook decides.
    Approve(Box<ApprovingRefresh>),
    /// The tokens can be left for all requests that wait.
    Leave(Box<RefreshedTokens>),
}

/// A refresh that waits for the application's hook.
#[must_use]
pub struct ApprovingRefresh {
    candidate: RefreshCandidate,
    tokens: RefreshedTokens,
    /// The session to end if the hook refuses.
    ended: EndedRefresh,
}

/// A session with refreshed tokens, which the application may still end.
///
/// `Debug` shows only the user's id.
#[derive(Clone)]
pub struct RefreshCandidate {
    /// The user's id at the provider.
    pub id: String,
    /// The whole user data, if it was read again: a JSON object.
    pub user_data: Option<String>,
    /// JSON that the application added to the session, or an empty text.
    pub session_data: String,
    /// The refreshed tokens.
    pub tokens: SessionTokens,
}

/// The exits of [`ApprovingRefresh`].
#[must_use]
pub enum RefreshApproved {
    /// The tokens can be left for all requests that wait.
    Leave(Box<RefreshedTokens>),
    /// The tokens can be left, but the hook could not decide, and must be asked again.
    Undecided(Box<RefreshedTokens>),
    /// The session ends.
    End(Box<EndedRefresh>),
}

/// A session that ends with its refresh.
#[derive(Debug)]
pub struct EndedRefresh {
    /// The session to revoke.
    pub session: RevokedSession,
    /// The refreshed token to revoke at the provider.
    pub revoke: Option<Revoke>,
    /// The reason for the end.
    pub failure: RefreshFailure,
}

impl UserKnown {
    pub(crate) fn new(
        machine: &Machine,
        request: &RefreshRequest,
        tokens: RefreshedTokens,
        user_data: Option<String>,
    ) -> Self {
        if !tokens.awaits_approval || !machine.asks_on_refresh {
            return Self::Leave(Box::new(tokens));
        }
        let failure = RefreshFailure::NotWelcome;
        Self::Approve(Box::new(ApprovingRefresh {
            ended: EndedRefresh::new(machine, request, &tokens, failure),
            candidate: RefreshCandidate {
                id: request.profile.user_id.clone(),
                user_data,
                session_data: request.profile.data.clone(),
                tokens: tokens.tokens.clone(),
            },
            tokens,
        }))
    }
}

impl ApprovingRefresh {
    /// The question: may this user stay signed in?
    #[must_use]
    pub fn candidate(&self) -> RefreshCandidate {
        self.candidate.clone()
    }

    /// Goes on with the hook's answer.
    pub fn answered(self, answer: HookAnswer) -> RefreshApproved {
        let mut tokens = Box::new(self.tokens);
        match answer {
            HookAnswer::Approved { data } => {
                tokens.approve(data);
                RefreshApproved::Leave(tokens)
            }
            HookAnswer::Refused { .. } => RefreshApproved::End(Box::new(self.ended)),
            HookAnswer::Undecided | HookAnswer::Failed => RefreshApproved::Undecided(tokens),
        }
    }
}

impl EndedRefresh {
    pub(crate) fn new(
        machine: &Machine,
        request: &RefreshRequest,
        tokens: &RefreshedTokens,
        failure: RefreshFailure,
    ) -> Self {
        Self {
            session: RevokedSession::new(request.session, &request.profile.user_id),
            revoke: machine.revocation_of(tokens.tokens.clone()),
            failure,
        }
    }
}

impl fmt::Debug for RefreshCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshCandidate")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
