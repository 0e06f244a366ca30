//! Redeeming: the provider is asked for tokens in exchange for the code (RFC 6749, section 4.1.4).
//!
//! Rule: until the sign-in succeeds, a former session of the browser stays as it is.

use crate::provider::answer::{Failure, ProviderError, ProviderResult, TOKEN_ENDPOINT};
use crate::provider::auth_time::Answer;
use crate::provider::exchange::Redeem;
use crate::provider::token_answer::TokenSet;
use crate::refusal::failed_sign_in::sign_in_failed;
use crate::reply::reply::Reply;
use crate::request::return_to::ReturnTo;
use crate::sign_in::known_callback::{KnownCallback, arrive};
use crate::sign_in::reading_user::ReadingUser;
use crate::sign_in::replies::SignInReplies;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// A callback that waits for the token endpoint.
#[derive(Debug)]
#[must_use]
pub struct Redeeming {
    callback: KnownCallback,
    redeem: Redeem,
}

/// The exits of [`Redeeming`].
#[derive(Debug)]
#[must_use]
pub enum Redeemed {
    /// There are tokens, and the user data must be read.
    ReadUser(Box<ReadingUser>),
    /// The sign-in has failed.
    Reply(Box<Reply>),
}

impl Redeeming {
    pub(crate) fn new(callback: KnownCallback, redeem: Redeem) -> Self {
        Self { callback, redeem }
    }

    /// The question: redeem this code.
    #[must_use]
    pub fn redeem(&self) -> &Redeem {
        &self.redeem
    }

    /// The address that the sign-in returns to.
    #[must_use]
    pub fn return_to(&self) -> &ReturnTo {
        &self.callback.return_to
    }

    /// Goes on with the token endpoint's answer.
    pub fn answered(self, result: ProviderResult, now: Timestamp) -> Redeemed {
        let Self { callback, .. } = self;
        let dialect = &callback.responder.provider.dialect;
        let auth_time = callback.responder.provider.auth_time.as_ref();
        let tokens = ProviderError::if_lost(TOKEN_ENDPOINT, result)
            .and_then(|answer| {
                let auth_time = auth_time.and_then(|place| place.read(Answer::Token, &answer));
                Ok((TokenSet::parse(&answer, dialect, now)?, auth_time))
            })
            .and_then(|(tokens, auth_time)| {
                let detail = "expires_in of the token answer is not positive";
                let error = || ProviderError::new(ErrorCode::TokenExpired, detail);
                (tokens.expires_at > now)
                    .then_some((tokens, auth_time))
                    .ok_or_else(error)
            });
        match tokens {
            Ok((tokens, auth_time)) => Redeemed::ReadUser(Box::new(ReadingUser {
                callback,
                tokens,
                auth_time,
            })),
            Err(error) => Redeemed::Reply(callback.failed(error)),
        }
    }

    /// Replies without an answer of the provider, which was not asked, or not in time.
    #[must_use]
    pub fn lost(self, failure: Failure) -> Box<Reply> {
        self.callback
            .failed(ProviderError::lost(TOKEN_ENDPOINT, failure))
    }

    /// Replies to a code that was redeemed before. The provider is not asked again.
    #[must_use]
    pub fn spent(self) -> Box<Reply> {
        let callback = self.callback;
        let machine = &callback.responder;
        let draft = if callback.before.is_some() {
            arrive(&callback.return_to)
        } else {
            let detail = "the code was redeemed before";
            sign_in_failed(
                machine,
                ErrorCode::LoginExpired,
                detail,
                &callback.return_to,
            )
        };
        machine.write(draft.cookies([callback.removal]))
    }

    /// Replies while the store can't say whether this code was redeemed before. The provider is not asked.
    #[must_use]
    pub fn undecided(self) -> Box<Reply> {
        let detail = "the store can't say whether the code was redeemed before";
        let error = ProviderError::new(ErrorCode::StoreUnavailable, detail);
        self.callback.failed(error)
    }

    /// The replies that outlive this state.
    #[must_use]
    pub fn replies(&self) -> SignInReplies {
        SignInReplies::new(self.callback.responder.clone(), self.redeem.key)
    }
}
