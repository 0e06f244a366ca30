//! Reading the user again: there are refreshed tokens, and new user data is due.
//!
//! A handler can ask for the same without a refresh. The session's own tokens then stand for refreshed ones.
//!
//! Rules: if the user data is another user's, the session ends. If it can't be read, nothing changes.

use std::sync::Arc;

use crate::admission::resealing::Resealing;
use crate::machine::machine::Machine;
use crate::provider::answer::{ProviderError, ProviderResult, USER_DATA_ENDPOINT};
use crate::provider::user_data::UserData;
use crate::refresh::approving::{EndedRefresh, UserKnown};
use crate::refresh::failure::RefreshFailure;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::session::profile::Profile;
use crate::values::error_code::ErrorCode;
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
    /// The user data could not be read. The user stays as it was.
    Unread(UserKnown, Unread),
    /// The data is another user's: the session ends.
    End(Box<EndedRefresh>),
}

/// The reason for which user data could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The session has no tokens.
    NoTokens,
    /// The access token has expired, or the provider refuses it (RFC 6750, section 3.1).
    TokenRefused,
    /// The provider does not answer, or is overloaded.
    Unavailable,
    /// The answer has no user.
    Unreadable,
}

impl ReadingUserAgain {
    /// Begins to read the user of a session with its own tokens.
    pub(crate) fn now(
        machine: &Arc<Machine>,
        session: &Resealing,
        now: Timestamp,
    ) -> Result<Self, Unread> {
        let segment = session.user().segment();
        if segment.token_expires <= now {
            return Err(Unread::TokenRefused);
        }
        let tokens = session.tokens().ok_or(Unread::NoTokens)?;
        let profile = Profile::of(&segment);
        // No refresh token is used, so its key is not needed.
        let key = [0; 32];
        let refresh_token = tokens.refresh_token.clone();
        let request = RefreshRequest {
            refresh_token: refresh_token.unwrap_or_else(|| Secret::new(String::new())),
            key,
            session: session.user().session(),
            profile: profile.clone(),
            reads_user: true,
            read_since: Timestamp::default(),
            is_urgent: true,
        };
        let tokens = RefreshedTokens {
            tokens,
            key,
            expires_at: segment.token_expires,
            life: segment.token_life,
            generation: segment.generation,
            session_id: segment.session_id,
            profile,
            awaits_approval: machine.asks_on_refresh,
        };
        Ok(Self {
            machine: Arc::clone(machine),
            request: Arc::new(request),
            tokens,
        })
    }

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
        let is_refused = matches!(&result, Ok(answer) if answer.status == 401);
        let read = ProviderError::if_lost(USER_DATA_ENDPOINT, result).and_then(|answer| {
            let user = UserData::parse(&answer, &provider.pointers, &provider.keep_claims)?;
            Ok((user, answer.text()))
        });
        let known = |tokens, user_data| UserKnown::new(&machine, &request, tokens, user_data);
        match read {
            Ok((user, _)) if user.id != request.profile.user_id => {
                let failure = RefreshFailure::OtherUser;
                let ended = EndedRefresh::new(&machine, &request, &tokens, failure);
                UserReadAgain::End(Box::new(ended))
            }
            Ok((user, text)) => {
                // The clock of the instance that asked for this may be ahead.
                tokens.profile.read(user, now.max(request.read_since));
                UserReadAgain::Known(known(tokens, Some(text)))
            }
            Err(error) => {
                let reason = match error.code {
                    _ if is_refused => Unread::TokenRefused,
                    ErrorCode::ProviderUnavailable => Unread::Unavailable,
                    _ => Unread::Unreadable,
                };
                UserReadAgain::Unread(known(tokens, None), reason)
            }
        }
    }
}
