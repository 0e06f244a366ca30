//! The last step of each reply: its log lines, its events, and the sessions that it revokes or begins.
//!
//! Rules:
//! - Each report is logged once, and each event is counted once and told once.
//! - The store learns of revoked sessions before the reply is sent.
//! - No reply waits for a token revocation at the provider.
//! - After a sign-in that keeps its session, no refresh of the old tokens reaches the browser.

use std::sync::Arc;

use fncy_login_core::{Ending, Reply, RevokedSession};

use crate::handle::login::Login;
use crate::hooks::login_event::LoginEventKind;
use crate::hooks::request_context::RequestContext;
use crate::observe::once_per_minute::limited;
use crate::refresh::revocation::{newest_of, revoke_token};
use crate::store::store_error::StoreError;

/// Finishes a reply that revokes no session. `request` is what hooks see of its request.
pub(crate) fn send(
    login: &Login,
    mut reply: Box<Reply>,
    request: Option<&RequestContext>,
) -> Box<Reply> {
    let kept = reply.keeps.take().map(|kept| kept.0);
    let (signed_in, subject) = (reply.begins.take().or(kept), reply.subject.take());
    for event in login.0.telemetry.tell(&mut reply) {
        if let Some(kind) = LoginEventKind::of(event, signed_in.as_ref()) {
            let (events, reference) = (&login.0.events, reply.reference);
            events.tell(kind, subject.as_ref(), reference, request);
        }
    }
    reply
}

/// Finishes a reply, revokes the sessions that end with it, and tells the store of the session that begins.
pub(crate) async fn ending(
    login: &Login,
    mut reply: Box<Reply>,
    request: Option<&RequestContext>,
) -> Box<Reply> {
    let endings = std::mem::take(&mut reply.endings);
    if !endings.is_empty() {
        let (tasks, login) = (&login.0.tasks, login.clone());
        // In a task of its own, so that it completes even if the browser closes the connection.
        let revoked = tasks.spawn(async move { revoke_all(&login, endings).await });
        drop(revoked.await);
    }
    if let Some((user, tokens)) = reply.keeps.as_deref() {
        login.0.refresher.0.refreshes.replaced(&user.session());
        login.0.watched.changed(user, Some(tokens));
    }
    if let Some(user) = &reply.begins {
        // If this fails, another instance may ask the user to sign in once more.
        let _: Result<(), StoreError> = login.0.store.began(user.session(), user.id()).await;
    }
    send(login, reply, request)
}

/// Revokes sessions, and their tokens without waiting for the provider.
pub(crate) async fn revoke_all(login: &Login, endings: Vec<Ending>) {
    for Ending { session, revoke } in endings {
        if let Some(session) = session
            && revoke_session(login, &session).await.is_err()
        {
            limited!(
                login.0.telemetry,
                error,
                "a session was revoked in this process, and the other instances could not be told"
            );
        }
        if let Some(revoke) = revoke {
            let parts = Arc::clone(&login.0.refresher.0);
            login
                .0
                .tasks
                .spawn(async move { revoke_token(&parts, newest_of(&parts, revoke).await).await });
        }
    }
}

/// Revokes a session. In this process it is revoked even if the store can't be reached.
pub(crate) async fn revoke_session(
    login: &Login,
    revoked: &RevokedSession,
) -> Result<(), StoreError> {
    let told = login.0.store.revoke(revoked.clone()).await;
    login.0.watched.revoke(revoked);
    if let Some(listing) = &login.0.listing
        && revoked.is_whole()
    {
        listing.remove(revoked.user_id(), revoked.session().id());
    }
    told
}
