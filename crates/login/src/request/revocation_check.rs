//! Whether a request's session was revoked, where the store must be asked.
//!
//! Rule: if the store can't be asked, the session is neither believed nor signed out. The request gets a 503, unless the
//! application has chosen otherwise.

use fncy_login_core::{AskStore, Checked, Found, Head, StoreAnswer, Timestamp};

use crate::request::login::Login;
use crate::store::deadlines::soon;
use crate::store::store_error::StoreError;

impl Login {
    /// The sessions of a request, checked by what this instance knows.
    pub(crate) fn check_sessions<H: Head>(&self, head: &H, now: Timestamp) -> Checked {
        let store = &self.0.store;
        let opened = self.0.core.open(head, now);
        opened.check(|session, user_id| store.status(session, user_id))
    }

    /// Asks the store about a session.
    pub(crate) async fn ask_store(&self, ask: AskStore) -> Found {
        let answer = match self.answer_of_store(&ask).await {
            Ok(answer) => answer,
            Err(StoreError) if self.0.admits_unverified => StoreAnswer::Live,
            Err(StoreError) => StoreAnswer::Unknown,
        };
        ask.answered(answer)
    }

    async fn answer_of_store(&self, ask: &AskStore) -> Result<StoreAnswer, StoreError> {
        let (session, user_id) = (ask.session(), ask.user_id());
        let store = &self.0.store;
        if ask.asks_revoked() && soon(store.is_revoked(session, user_id)).await? {
            return Ok(StoreAnswer::Revoked);
        }
        // The store of the refresher: it is told which sessions were shown.
        let store = &self.0.refresher.0.store;
        if ask.asks_outdated() && soon(store.is_outdated(session)).await? {
            return Ok(StoreAnswer::Outdated);
        }
        Ok(StoreAnswer::Live)
    }
}
