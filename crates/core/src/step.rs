//! How the machine asks: one thing at a time, with a value that must be given back.

use std::fmt;

use crate::core::Core;
use crate::provider::answer::Answer;
use crate::refresh::refreshed_tokens::RefreshRequest;
use crate::reply::format::ReplyFormat;
use crate::reply::outcome::{Outcome, Reply};
use crate::session::tokens::SessionTokens;
use crate::stage::Stage;
use crate::values::entropy::Entropy;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// Where a request stands.
#[must_use]
#[derive(Debug)]
pub enum Step {
    /// It is decided.
    Done(Outcome),
    /// The provider must be asked.
    Send(Exchange, Pending),
    /// The driver itself must be asked.
    Ask(Question, Pending),
}

impl Step {
    pub(crate) fn reply(reply: Reply) -> Self {
        Self::Done(reply.into())
    }
}

/// A request to the provider, by its meaning: how it is written is the driver's to know.
#[derive(Debug)]
#[non_exhaustive]
pub enum Exchange {
    /// Redeem an authorization code (RFC 6749, section 4.1.3).
    Redeem(Box<Redeem>),
    /// Read the user data with an access token (RFC 6750, section 2.1).
    UserData {
        /// The token to show.
        access_token: Secret,
    },
    /// RefreshRequest a session's tokens (RFC 6749, section 6). The answer is [`Answer::Refreshed`] or
    /// [`Answer::NotRefreshed`]: the driver runs it once for many requests, and has the raw answer
    /// judged by [`Core::judge_refresh`].
    Refresh(Box<RefreshRequest>),
    /// Ask for an access token of the client's own (RFC 6749, section 4.4.2). No request waits for it
    /// in this machine: the driver has the raw answer judged by [`ClientGrant::judge`](crate::ClientGrant::judge).
    ClientCredentials {
        /// The scopes to ask for, as [`ClientGrant::scope`](crate::ClientGrant::scope) writes them;
        /// none: the provider's default.
        scope: Option<String>,
    },
    /// Revoke a token (RFC 7009). No request waits for it: see [`Ending`](crate::Ending).
    Revoke(Revoke),
}

/// A token to be revoked.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// The token.
    pub token: Secret,
    /// Which kind it is.
    pub kind: TokenKind,
}

/// The kind of a token, as a hint for its revocation (RFC 7009, section 2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// `access_token`
    Access,
    /// `refresh_token`
    Refresh,
}

/// What is needed to redeem a code.
#[derive(Debug)]
pub struct Redeem {
    /// The authorization code.
    pub code: Secret,
    /// The redirect URI of the login, which the token endpoint compares (RFC 6749, section 4.1.3).
    pub redirect_uri: String,
    /// The code verifier (RFC 7636, section 4.5).
    pub verifier: Option<Secret>,
    /// Names this login: the driver redeems once for each key.
    pub key: [u8; 32],
}

/// A question to the driver.
#[derive(Debug)]
#[non_exhaustive]
pub enum Question {
    /// A login begins: nothing is asked but the entropy that comes with every answer.
    /// The answer is [`Answer::Entropy`].
    Entropy,
    /// Whether somebody may sign in, where the application has a word to say. The answer is
    /// [`Answer::Approved`], [`Answer::Refused`] or [`Answer::Undecided`].
    Approve(Box<Newcomer>),
}

/// Somebody who has signed in at the provider, and not yet here.
///
/// `Debug` shows the id only.
pub struct Newcomer {
    /// The user's id at the provider.
    pub id: String,
    /// Their name, if the provider says it.
    pub name: Option<String>,
    /// Their email address, if the provider says it; nobody says that it was verified.
    pub email: Option<String>,
    /// The granted scopes, space-separated.
    pub scopes: String,
    /// All that the provider said of the user: a JSON object.
    pub user_data: String,
    /// The tokens.
    pub tokens: SessionTokens,
}

impl fmt::Debug for Newcomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Newcomer")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// A request that waits for one answer.
///
/// It can be resumed once, by value, and in no other order than the machine's own.
#[must_use]
#[derive(Debug)]
pub struct Pending {
    core: Core,
    stage: Box<Stage>,
    format: ReplyFormat,
}

impl Pending {
    pub(crate) fn new(core: &Core, stage: Stage) -> Self {
        Self {
            core: core.clone(),
            stage: Box::new(stage),
            format: ReplyFormat::default(),
        }
    }

    pub(crate) fn with(self, format: ReplyFormat) -> Self {
        Self { format, ..self }
    }

    /// Goes on with the answer. One that doesn't fit the question ends in an internal error.
    pub fn resume(self, answer: Answer, now: Timestamp, entropy: Entropy) -> Step {
        let step = self.core.resume(*self.stage, answer, now, entropy);
        step.told_to(&self.core.0.pages, || self.format)
    }
}
