//! Refreshing the tokens of a session now, because FNCY's API refused the access token.
//!
//! Rules:
//! - If this process or the store has newer tokens, the handler gets those, and no refresh token is used.
//! - Otherwise the refresh is that of any request: one exchange for all requests that wait, on all instances.
//! - If a newer cookie was shown more than a minute ago, this one is an old copy, and gets no tokens. A refresh token that
//!   has a newer one is not used.
//! - The response of this request brings the new cookie. If that is impossible, no refresh begins.
//! - A refused refresh token ends no session, since another response may have brought a newer one.

use std::sync::Arc;

use fncy_login_core::{
    Ending, RefreshFailure, RefreshRequest, RefreshedTokens, RevokedSession, SessionTokens,
};
use tokio::time::Instant;

use crate::handle::login::Login;
use crate::handle::replies::revoke_all;
use crate::provider::api_error::ApiError;
use crate::provider::sender::REQUEST_DEADLINE;
use crate::refresh::parts::MAX_CHAIN;
use crate::session::open_session::{OpenSession, is_revoked};
use crate::session::set_data_error::SetDataError;

/// The newest tokens of a session whose access token was refused.
pub(crate) async fn refresh_tokens(
    open: &OpenSession,
    refused: &SessionTokens,
) -> Result<SessionTokens, ApiError> {
    let (parts, session) = (&open.login.0.refresher.0, open.user().session());
    let is_outdated = parts.store.is_outdated(session).await;
    if is_outdated.map_err(|error| parts.unreachable(error))? {
        return Err(ApiError::SessionEnded);
    }
    let known = open.newer_tokens(refused)?;
    let Some(refreshed) = newest(open, known.is_none()).await? else {
        return known.ok_or(ApiError::Refused);
    };
    open.refresh(&refreshed)?;
    if !refreshed.is_fresh(parts.clock.now()) {
        return Err(ApiError::NO_ANSWER);
    }
    Ok(refreshed.tokens().clone())
}

/// The newest tokens that the session's refresh token leads to, in the store or by an exchange. `None` if no exchange is
/// allowed and the session has the newest.
async fn newest(
    open: &OpenSession,
    may_exchange: bool,
) -> Result<Option<Arc<RefreshedTokens>>, ApiError> {
    let deadline = Instant::now() + REQUEST_DEADLINE;
    let refresher = &open.login.0.refresher;
    let parts = &refresher.0;
    let request = open.read(|session| parts.machine.refresh_of(session, parts.clock.now()))?;
    let Some(mut request) = request else {
        return if may_exchange {
            Err(ApiError::NotRefreshable)
        } else {
            Ok(None)
        };
    };
    let mut newest = None;
    for _ in 0..MAX_CHAIN {
        let session = request.session;
        let left = parts.find(request.key, Some(session.generation())).await;
        if left.is_none() {
            if newest.is_some() || !may_exchange {
                return Ok(newest);
            }
            // A stale refresh token would end the session at a provider that rotates.
            if parts.refreshes.has_newer(&session) {
                return Err(ApiError::SessionEnded);
            }
        }
        let asked = Arc::new(request.clone());
        let refreshing = refresher.refresh(asked, open.by.as_ref(), deadline);
        let refreshed = match refreshing.await {
            Ok(tokens) if tokens.profile().user_id != request.profile.user_id => {
                Err(RefreshFailure::OtherUser)
            }
            refreshed => refreshed,
        };
        let refreshed = match refreshed {
            Ok(refreshed) => refreshed,
            Err(failure) if failure.ends_session() => {
                end(&open.login, &request).await;
                return Err(failure.into());
            }
            // The sign-out has revoked the refresh token.
            Err(_) if is_revoked(&open.login, &open.user()) => return Err(ApiError::SessionEnded),
            Err(failure) if newest.is_none() => return Err(failure.into()),
            Err(_) => break,
        };
        let again = request.again(&refreshed, parts.clock.now());
        newest = Some(refreshed);
        match again {
            Some(again) => request = again,
            None => break,
        }
    }
    Ok(newest)
}

/// Revokes a session whose user was refused. The refresh has revoked its tokens.
async fn end(login: &Login, request: &RefreshRequest) {
    let session = RevokedSession::new(request.session, &request.profile.user_id);
    let ending = Ending {
        session: Some(session),
        revoke: None,
    };
    revoke_all(login, vec![ending]).await;
}

impl From<RefreshFailure> for ApiError {
    fn from(failure: RefreshFailure) -> Self {
        match failure {
            RefreshFailure::Refused => Self::Refused,
            RefreshFailure::OtherUser | RefreshFailure::NotWelcome => Self::SessionEnded,
            RefreshFailure::Undecided => Self::Undecided,
            RefreshFailure::StoreUnavailable => Self::StoreUnavailable,
            failure => Self::Unavailable {
                retry_after: failure.retry_after(),
            },
        }
    }
}

impl From<SetDataError> for ApiError {
    fn from(error: SetDataError) -> Self {
        match error {
            SetDataError::TooLate => Self::ResponseSent,
            SetDataError::TooLarge | SetDataError::NotJson => Self::SessionTooLarge,
            SetDataError::Ended | SetDataError::Outdated => Self::SessionEnded,
        }
    }
}
