//! Reading the user: there are tokens, and the user data is asked for.
//!
//! Rules: the id in the user data is the only identity. A scope that the token answer does not name is not granted,
//! unless the application chose to trust the request.

use crate::machine::machine::Machine;
use crate::provider::answer::{ProviderError, ProviderResult, USER_DATA_ENDPOINT};
use crate::provider::token_answer::TokenSet;
use crate::provider::user_data::UserData;
use crate::reply::reply::Reply;
use crate::sign_in::approving::{Approving, Candidate};
use crate::sign_in::completing::Completing;
use crate::sign_in::known_callback::KnownCallback;
use crate::values::secret::Secret;

/// A sign-in with tokens that waits for the user data.
#[derive(Debug)]
#[must_use]
pub struct ReadingUser {
    pub(crate) callback: KnownCallback,
    pub(crate) tokens: TokenSet,
}

/// The exits of [`ReadingUser`].
#[derive(Debug)]
#[must_use]
pub enum UserRead {
    /// The application's hook decides.
    Approve(Box<Approving>),
    /// The session can be written.
    Complete(Box<Completing>),
    /// The sign-in has failed.
    Reply(Box<Reply>),
}

impl ReadingUser {
    /// The question: read the user data with this token.
    #[must_use]
    pub fn access_token(&self) -> &Secret {
        &self.tokens.tokens.access_token
    }

    /// Goes on with the user data endpoint's answer.
    pub fn answered(self, result: ProviderResult) -> UserRead {
        let Self { callback, tokens } = self;
        let machine = &callback.responder;
        let provider = &machine.provider;
        let read = ProviderError::if_lost(USER_DATA_ENDPOINT, result).and_then(|answer| {
            let user = UserData::parse(&answer, &provider.pointers, &provider.keep_claims)?;
            Ok((user, machine.asks_approval.then(|| answer.text())))
        });
        let (user, user_data) = match read {
            Ok(read) => read,
            Err(error) => return UserRead::Reply(callback.failed(error)),
        };
        let scopes = granted(machine, &tokens);
        let completing = Completing::new(callback, tokens, user, scopes);
        match user_data {
            Some(user_data) => {
                let candidate = Candidate::new(&completing, user_data);
                UserRead::Approve(Box::new(Approving::new(completing, candidate)))
            }
            None => UserRead::Complete(Box::new(completing)),
        }
    }
}

/// The scopes that a token answer grants.
fn granted(machine: &Machine, tokens: &TokenSet) -> String {
    let provider = &machine.provider;
    match (&tokens.scopes, &provider.scope) {
        (Some(scopes), _) => scopes.clone(),
        (None, Some(requested)) if provider.danger_trust_requested_scope => requested.clone(),
        (None, _) => String::new(),
    }
}
