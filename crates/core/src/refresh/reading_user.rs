//! Reading the user again: there are refreshed tokens, and new user data is due.
//!
//! Rules: if the user data is another user's, the session ends. If it can't be read, nothing changes.

use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::provider::answer::ProviderResult;
use crate::provider::user_data::UserData;
use crate::refresh::approving::{EndedRefresh, UserKnown};
use crate::refresh::failure::RefreshFailure;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// A refresh that waits for the user data.
#[must_use]
pub struct ReadingUserAgain {
    pub(crate) machine: Arc<Machine>,
    pub(crate) request: Arc<RefreshRequest>,
    pub(crate) tokens: RefreshedTokens,
}

/// The exits of [`ReadingUserAgain`].
#[must_use]
pub enum UserReadAgain {
    /// The user is still the same.
    Known(UserKnown),
    /// The data is another user's: the session ends.
    End(Box<EndedRefresh>),
}

impl ReadingUserAgain {
    /// The question: read the user data with this token.
    #[must_use]
    pub fn access_token(&self) -> &Secret {
        &self.tokens.tokens.access_token
    }

    /// Goes on with the user data endpoint's answer.
    pub fn answered(self, result: ProviderResult, now: Timestamp) -> UserReadAgain {
        let Self {
            machine,
            request,
            mut tokens,
        } = self;
        let provider = &machine.provider;
        let read = result.ok().and_then(|answer| {
            let user = UserData::parse(&answer, &provider.pointers, &provider.keep_claims).ok()?;
            Some((user, answer.text()))
        });
        let user_data = match read {
            Some((user, _)) if user.id != request.profile.user_id => {
                let failure = RefreshFailure::OtherUser;
                let ended = EndedRefresh::new(&machine, &request, &tokens, failure);
                return UserReadAgain::End(Box::new(ended));
            }
            Some((user, text)) => {
                tokens.profile.read(user, now);
                Some(text)
            }
            None => None,
        };
        UserReadAgain::Known(UserKnown::new(&machine, &request, tokens, user_data))
    }
}
