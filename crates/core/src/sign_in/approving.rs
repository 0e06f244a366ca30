//! Approving: the user is known, and the application's hook decides (`on_login`).

use std::fmt;

use crate::provider::answer::ProviderError;
use crate::provider::tokens::SessionTokens;
use crate::refusal::failed_sign_in::refused_by_hook;
use crate::reply::reply::Reply;
use crate::sign_in::completing::Completing;
use crate::values::error_code::ErrorCode;
use crate::values::hook_answer::HookAnswer;

/// A sign-in that the application may still refuse.
#[derive(Debug)]
#[must_use]
pub struct Approving {
    completing: Completing,
    candidate: Candidate,
}

/// A person who has signed in at FNCY, but not yet in the application.
///
/// `Debug` shows only the id.
#[derive(Clone)]
pub struct Candidate {
    /// The user's id at the provider.
    pub id: String,
    /// The user's name, if FNCY gave one.
    pub name: Option<String>,
    /// The user's email address, if FNCY gave one. FNCY does not say that it was verified.
    pub email: Option<String>,
    /// The granted scopes, separated by spaces.
    pub scopes: String,
    /// The whole user data: a JSON object.
    pub user_data: String,
    /// The tokens of the sign-in.
    pub tokens: SessionTokens,
    /// Whether the person is signed in already, and the session is kept.
    pub keeps_session: bool,
}

/// The exits of [`Approving`].
#[derive(Debug)]
#[must_use]
pub enum Approved {
    /// The session can be written.
    Complete(Box<Completing>),
    /// The sign-in has failed.
    Reply(Box<Reply>),
}

impl Approving {
    pub(crate) fn new(completing: Completing, candidate: Candidate) -> Self {
        Self {
            completing,
            candidate,
        }
    }

    /// The question: may this user sign in?
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        self.candidate.clone()
    }

    /// Goes on with the hook's answer.
    pub fn answered(self, answer: HookAnswer) -> Approved {
        let completing = self.completing;
        let (code, detail) = match answer {
            HookAnswer::Approved { data } => {
                return Approved::Complete(Box::new(completing.with_data(data)));
            }
            HookAnswer::Refused { message } => {
                return Approved::Reply(
                    completing.refused(|machine, return_to| {
                        refused_by_hook(machine, &message, return_to)
                    }),
                );
            }
            HookAnswer::Undecided => (ErrorCode::LoginUndecided, "on_login could not decide now"),
            HookAnswer::Failed => (
                ErrorCode::Internal,
                "on_login panicked, or did not answer within the deadline",
            ),
        };
        Approved::Reply(completing.failed(ProviderError::new(code, detail)))
    }
}

impl Candidate {
    pub(crate) fn new(completing: &Completing, user_data: String) -> Self {
        let user = completing.user();
        Self {
            id: user.id.clone(),
            name: user.name.clone(),
            email: user.email.clone(),
            scopes: completing.scopes().to_owned(),
            user_data,
            tokens: completing.tokens().clone(),
            keeps_session: completing.keeps_session(),
        }
    }
}

impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Candidate")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
