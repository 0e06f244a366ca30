//! The start of the second machine: with a refresh token, or with tokens that another request has left.

use std::fmt;
use std::sync::Arc;

use crate::admission::resealing::Resealing;
use crate::machine::machine::Machine;
use crate::machine::shared;
use crate::provider::exchange::Revoke;
use crate::refresh::approving::UserKnown;
use crate::refresh::exchanging::Exchanging;
use crate::refresh::reading_user::{ReadingUserAgain, Unread};
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::values::entropy::Entropy;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// The kind of refreshed tokens in the store, to which their seal is bound.
const KIND: &str = "refreshed";

/// Refreshes sessions, apart from any request. Cloning is cheap.
#[derive(Clone)]
pub struct RefreshMachine(Arc<Machine>);

impl RefreshMachine {
    pub(crate) fn new(machine: &Arc<Machine>) -> Self {
        Self(Arc::clone(machine))
    }

    /// Begins a refresh.
    pub fn exchange(&self, request: Arc<RefreshRequest>) -> Exchanging {
        Exchanging::new(Arc::clone(&self.0), request)
    }

    /// The refresh of an open session, before it is due. `None` without a refresh token.
    #[must_use]
    pub fn refresh_of(&self, session: &Resealing, now: Timestamp) -> Option<RefreshRequest> {
        let refresh_token = session.tokens()?.refresh_token?;
        let (user, read_since) = (session.user(), Timestamp::default());
        let request = RefreshRequest::new(&self.0, user, refresh_token, read_since, now);
        Some(RefreshRequest {
            is_urgent: true,
            ..request
        })
    }

    /// Begins to read the user of a session again, without a refresh.
    ///
    /// # Errors
    ///
    /// The session has no tokens, or its access token has expired.
    pub fn read_user(
        &self,
        session: &Resealing,
        now: Timestamp,
    ) -> Result<ReadingUserAgain, Unread> {
        ReadingUserAgain::now(&self.0, session, now)
    }

    /// Goes on with the tokens that another request or instance has left for this refresh token.
    #[must_use]
    pub fn take_over(&self, request: &RefreshRequest, sealed: &[u8]) -> Option<UserKnown> {
        let tokens = self.open(&request.key, sealed)?;
        Some(UserKnown::new(&self.0, request, tokens, None))
    }

    /// Seals refreshed tokens for other requests, on all instances. `key` is the key of the refresh token that was
    /// used.
    #[must_use]
    pub fn seal(&self, key: &[u8; 32], tokens: &RefreshedTokens, entropy: &Entropy) -> String {
        shared::seal(&self.0, KIND, key, &tokens.encode(), entropy)
    }

    /// Opens what [`RefreshMachine::seal`] made.
    #[must_use]
    pub fn open(&self, key: &[u8; 32], text: &[u8]) -> Option<RefreshedTokens> {
        shared::open(&self.0, KIND, key, text, |body| {
            RefreshedTokens::decode(body, |token| self.key_of(token))
        })
    }

    /// The key of a refresh token, as in [`RefreshRequest::key`]. It is the same on every instance of an application.
    #[must_use]
    pub fn key_of(&self, token: &Secret) -> [u8; 32] {
        self.0.token_digest.get().of(token)
    }

    /// The token to revoke at the provider, if that has a revocation endpoint.
    #[must_use]
    pub fn revocation_of(&self, tokens: &RefreshedTokens) -> Option<Revoke> {
        self.0.revocation_of(tokens.tokens.clone())
    }
}

impl fmt::Debug for RefreshMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshMachine").finish_non_exhaustive()
    }
}
