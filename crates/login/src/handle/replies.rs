//! Replies on their way out.
//!
//! Rules: what a reply has for the operator is told once; the store is told of sessions that end before the reply goes;
//! no reply waits for a revocation at the provider.

use fncy_login_core::{Ending, Reply, RevokedSession};

use crate::handle::login::Login;
use crate::observe::telemetry;
use crate::store::deadlines::soon;
use crate::store::store_error::StoreError;

/// Sends a reply that ends no session.
pub(crate) fn send(mut reply: Box<Reply>) -> Box<Reply> {
    telemetry::tell(&mut reply);
    reply
}

/// Sends a reply, and with it the end of sessions and the beginning of one.
pub(crate) async fn ending(login: &Login, mut reply: Box<Reply>) -> Box<Reply> {
    let endings = std::mem::take(&mut reply.endings);
    if !endings.is_empty() {
        let login = login.clone();
        // A browser that goes meanwhile changes nothing.
        let ended = tokio::spawn(async move { end_all(&login, endings).await });
        drop(ended.await);
    }
    if let Some(begun) = reply.begins.take() {
        let (session, user_id) = *begun;
        // If the other instances can't be told, the user signs in once more.
        let _: Result<(), StoreError> = soon(login.0.store.began(session, &user_id)).await;
    }
    send(reply)
}

async fn end_all(login: &Login, endings: Vec<Ending>) {
    for Ending { session, revoke } in endings {
        if let Some(session) = session {
            end(login, &session).await;
        }
        if let Some(revoke) = revoke {
            let refresher = login.0.refresher.clone();
            tokio::spawn(async move { refresher.revoke(refresher.latest(revoke).await).await });
        }
    }
}

/// Ends a session. The person is signed out here even if the other instances can't be told.
async fn end(login: &Login, revoked: &RevokedSession) {
    if soon(login.0.store.revoke(revoked.clone())).await.is_err() {
        tracing::error!("a session was ended here, and the other instances could not be told");
    }
    login.0.watched.ended(revoked);
}
