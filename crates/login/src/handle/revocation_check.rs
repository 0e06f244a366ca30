//! The check whether a request's sessions were revoked.
//!
//! Rule: if the store can't be asked, the session is neither accepted nor signed out. The request gets a 503, unless a
//! setting of the application admits it.

use fncy_login_core::{
    AskStore, Checked, Found, Head, RevocationStatus, SessionRef, StoreAnswer, Timestamp,
};

use crate::handle::login::Login;
use crate::store::store_client;
use crate::store::store_error::StoreError;

/// Opens a request's sessions, and checks them by what this instance knows.
pub(crate) fn check_sessions<H: Head>(login: &Login, head: &H, now: Timestamp) -> Checked {
    let store = &login.0.store;
    let opened = login.0.core.open(head, now);
    opened.check(|session, user_id| store.status(session, user_id))
}

/// Whether this instance knows that a session was revoked. `None` if the store must be asked.
pub(crate) fn known_revocation(login: &Login, session: &SessionRef, user_id: &str) -> Option<bool> {
    match login.0.store.status(session, user_id) {
        RevocationStatus::Live | RevocationStatus::ReadUser(_) => Some(false),
        RevocationStatus::Revoked => Some(true),
        RevocationStatus::RevokedUnlessNew | RevocationStatus::Ask => None,
    }
}

/// Whether a session was revoked. The store is asked only if this instance does not know it.
pub(crate) async fn is_revoked(
    login: &Login,
    session: SessionRef,
    user_id: &str,
) -> Result<bool, StoreError> {
    match known_revocation(login, &session, user_id) {
        Some(is_revoked) => Ok(is_revoked),
        None => login.0.store.is_revoked(session, user_id).await,
    }
}

/// Whether only the unbound copies of a revoked session are revoked. The store is asked only if this instance does not
/// know it.
pub(crate) async fn is_bound_since(
    login: &Login,
    session: SessionRef,
    user_id: &str,
) -> Result<bool, StoreError> {
    store_client::is_bound_since(session, |copy| is_revoked(login, copy, user_id)).await
}

/// Asks the store about a session.
pub(crate) async fn ask_store(login: &Login, ask: AskStore) -> Found {
    let answer = match answer_of_store(login, &ask).await {
        Ok(answer) => answer,
        Err(StoreError) if login.0.admits_unverified => StoreAnswer::Live,
        Err(StoreError) => StoreAnswer::Unknown,
    };
    ask.answered(answer)
}

async fn answer_of_store(login: &Login, ask: &AskStore) -> Result<StoreAnswer, StoreError> {
    let (session, user_id) = (ask.session(), ask.user_id());
    let store = &login.0.store;
    let is_revoked = ask.asks_revoked() && store.is_revoked(session, user_id).await?;
    if is_revoked && !is_bound_since(login, session, user_id).await? {
        return Ok(StoreAnswer::Revoked);
    }
    // The refresher's store, since requests confirm their sessions there.
    let refresher = &login.0.refresher.0.store;
    if ask.asks_outdated() && refresher.is_outdated(session).await? {
        return Ok(StoreAnswer::Outdated);
    }
    let read_since = if ask.asks_revoked() {
        store.read_since(user_id).await?
    } else {
        None
    };
    Ok(if is_revoked {
        StoreAnswer::BoundSince(read_since)
    } else {
        read_since.map_or(StoreAnswer::Live, StoreAnswer::ReadUser)
    })
}
