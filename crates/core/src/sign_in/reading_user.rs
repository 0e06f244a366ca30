//! Reading the user: there are tokens, and the user data is asked for.
//!
//! Rules: the id in the user data is the only identity. A scope that the token answer does not name is not granted,
//! unless the application chose to trust the request. A sign-in that does not bring what was demanded ends here.

use crate::machine::machine::Machine;
use crate::provider::answer::{ProviderError, ProviderResult, USER_DATA_ENDPOINT};
use crate::provider::auth_time::Answer;
use crate::provider::token_answer::TokenSet;
use crate::provider::user_data::UserData;
use crate::reply::reply::Reply;
use crate::sign_in::approving::{Approving, Candidate};
use crate::sign_in::completing::Completing;
use crate::sign_in::demands::Demands;
use crate::sign_in::judging::Brought;
use crate::sign_in::known_callback::KnownCallback;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// A sign-in with tokens that waits for the user data.
#[derive(Debug)]
#[must_use]
pub struct ReadingUser {
    pub(crate) callback: KnownCallback,
    pub(crate) tokens: TokenSet,
    /// The time of the sign-in, as the token answer says it.
    pub(crate) auth_time: Option<Timestamp>,
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
    pub fn answered(self, result: ProviderResult, now: Timestamp) -> UserRead {
        let Self {
            callback,
            tokens,
            auth_time,
        } = self;
        let machine = &callback.responder;
        let provider = &machine.provider;
        let read = ProviderError::if_lost(USER_DATA_ENDPOINT, result).and_then(|answer| {
            let user = UserData::parse(&answer, &provider.pointers, &provider.keep_claims)?;
            let place = provider.auth_time.as_ref();
            let auth_time =
                auth_time.or_else(|| place.and_then(|place| place.read(Answer::UserData, &answer)));
            let user_data = machine.asks_approval.then(|| answer.text());
            Ok((user, auth_time, user_data))
        });
        let (user, auth_time, user_data) = match read {
            Ok(read) => read,
            Err(error) => return UserRead::Reply(callback.failed(error)),
        };
        let scopes = granted(machine, &tokens, &callback.demands);
        let brought = Brought {
            user_id: &user.id,
            scopes: &scopes,
            auth_time,
        };
        if let Some(lack) = callback.lack(&brought, now) {
            return UserRead::Reply(callback.lacking(lack, tokens.tokens));
        }
        let completing = Completing::new(callback, tokens, user, scopes, auth_time);
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
fn granted(machine: &Machine, tokens: &TokenSet, demands: &Demands) -> String {
    let provider = &machine.provider;
    match (&tokens.scopes, &provider.scope) {
        (Some(scopes), _) => scopes.clone(),
        (None, _) if !provider.danger_trust_requested_scope => String::new(),
        (None, _) if !demands.scopes.is_empty() => demands.scopes.clone(),
        (None, requested) => requested.clone().unwrap_or_default(),
    }
}
