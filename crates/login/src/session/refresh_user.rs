//! Reading the user again now, because a handler asks for it.
//!
//! Rules:
//! - The user data are read with the session's own access token. No token is refreshed.
//! - The exchange has a place among the refreshes of the user, and the deadlines of a refresh.
//! - `on_refresh` decides, as after a refresh. If it refuses, or the data are another user's, the session is revoked.
//! - After any other failure the session is as it was.

use std::sync::Arc;

use fncy_login_core::{
    Ending, Exchange, Failure, Profile, RefreshApproved, RefreshFailure, UserReadAgain,
};
use tokio::time::Instant;

use crate::handle::replies::revoke_all;
use crate::observe::once_per_minute::limited;
use crate::provider::places::Work;
use crate::provider::sender::{EXCHANGE_DEADLINE, REQUEST_DEADLINE};
use crate::refresh::exchange::{approve, tell_refused};
use crate::session::open_session::OpenSession;
use crate::session::refresh_user_error::RefreshUserError;
use crate::session::set_data_error::SetDataError;

/// Reads the user of a session again. It completes even if the request is cancelled.
pub(crate) async fn refresh_user(open: &Arc<OpenSession>) -> Result<(), RefreshUserError> {
    let task_open = Arc::clone(open);
    let tasks = &open.login.0.tasks;
    let read = tasks.spawn(async move { read_user(&task_open).await });
    let profile = read
        .await
        .unwrap_or(Err(RefreshUserError::Unavailable))
        .inspect_err(|error| {
            let error = error.to_string();
            limited!(
                open.login.0.telemetry,
                warn,
                "a user was not read again for a handler",
                by & error,
                error
            );
        })?;
    let now = open.login.0.clock.now();
    open.change(|session| {
        let read = session.read(&profile, now);
        read.map_err(|_| SetDataError::TooLarge)
    })?;
    Ok(())
}

async fn read_user(open: &OpenSession) -> Result<Profile, RefreshUserError> {
    let (login, deadline) = (&open.login, Instant::now() + REQUEST_DEADLINE);
    let parts = &login.0.refresher.0;
    let (reading, holder) = open.read(|session| {
        let holder = parts.holder(session.user().id());
        (parts.machine.read_user(session, parts.clock.now()), holder)
    })?;
    let reading = reading?;
    let turn = deadline - EXCHANGE_DEADLINE;
    let answer = match parts.places.take(Work::Refresh(holder), turn).await {
        Some(place) => {
            let access_token = reading.access_token();
            let exchange = Exchange::UserData { access_token };
            parts.provider.run(exchange, &place, deadline).await
        }
        None => Err(Failure::Crowded),
    };
    let ended = match reading.answered(answer, parts.clock.now()) {
        UserReadAgain::Unread(_, reason) => return Err(reason.into()),
        UserReadAgain::Known(known) => match approve(parts, known, open.by.clone(), deadline).await
        {
            RefreshApproved::Leave(tokens) => return Ok(tokens.profile().clone()),
            RefreshApproved::Undecided(_) => return Err(RefreshUserError::Undecided),
            RefreshApproved::End(ended) => ended,
        },
        UserReadAgain::End(ended) => ended,
    };
    tell_refused(parts, &ended, open.by.as_ref());
    let error = match ended.failure {
        RefreshFailure::OtherUser => RefreshUserError::OtherUser,
        _ => RefreshUserError::Refused,
    };
    let ending = Ending {
        session: Some(ended.session),
        revoke: ended.revoke,
    };
    revoke_all(login, vec![ending]).await;
    Err(error)
}
