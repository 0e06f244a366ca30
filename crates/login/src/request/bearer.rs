//! The decision on a request that shows a bearer token.
//!
//! Rules:
//! - A request with a remembered token is decided at once, without a future, unless the store must be asked.
//! - A user is admitted as long as no revocation reaches them. Each request asks for that.
//! - No cookie is read or set, and no token is refreshed.

use std::sync::Arc;

use fncy_login_core::{BearerRefusal, Head, OwnedHead, Secret, ShownToken, Timestamp, User};

use crate::bearer::bearers::Bearers;
use crate::handle::caller::{Caller, event_request};
use crate::handle::login::Login;
use crate::handle::replies::send;
use crate::handle::revocation_check::{is_revoked, known_revocation};
use crate::hooks::request_context::RequestContext;
use crate::request::verdict::{Decision, Verdict};
use crate::store::store_error::StoreError;

/// Decides on a request with a bearer token. `now` is the time of the request.
pub(crate) fn decide<H: Head>(
    login: &Login,
    head: &H,
    bearers: &Arc<Bearers>,
    shown: ShownToken<'_>,
    now: Timestamp,
) -> Decision {
    let request = || event_request(login, head);
    let token = match shown.token {
        Ok(token) => token,
        Err(refusal) => return Decision::Now(refuse(login, head, &refusal, bearers, request)),
    };
    let key = (shown.prefix, bearers.machine.key(token));
    let known = match bearers.cache.get(&key, now) {
        Some(Err(refusal)) => {
            return Decision::Now(refuse(login, head, &refusal, bearers, request));
        }
        Some(Ok(user)) => match known_revocation(login, &user.session(), user.id()) {
            Some(is_revoked) => {
                let judged = judged(login, user, &Ok(is_revoked));
                return Decision::Now(answer(login, head, judged, bearers, now, request));
            }
            None => Some(user),
        },
        None => None,
    };
    let caller = Caller::of(login, head, true, false);
    let (head, token) = (OwnedHead::of(head), Secret::new(token.to_owned()));
    let (login, bearers) = (login.clone(), Arc::clone(bearers));
    Decision::Later(Box::pin(async move {
        let asked = match known {
            Some(user) => Ok(user),
            None => bearers.ask(key, token, caller.client).await,
        };
        let judged = match asked {
            Ok(user) => {
                let is_revoked = is_revoked(&login, user.session(), user.id()).await;
                judged(&login, user, &is_revoked)
            }
            Err(refusal) => Err(refusal),
        };
        // The copy of the head lacks the headers that hooks see.
        let request = || caller.request;
        let now = login.0.clock.now();
        answer(&login, &head, judged, &bearers, now, request)
    }))
}

/// The user of a token, unless a revocation reaches the user.
fn judged(
    login: &Login,
    user: User,
    is_revoked: &Result<bool, StoreError>,
) -> Result<User, BearerRefusal> {
    match is_revoked {
        Ok(false) => Ok(user),
        Err(StoreError) if login.0.admits_unverified => Ok(user),
        Ok(true) => Err(BearerRefusal::Invalid("the user or the token was revoked")),
        Err(StoreError) => Err(BearerRefusal::Unverified),
    }
}

/// Admits or refuses a request. `request` is the request as `on_event` sees it.
fn answer<H: Head>(
    login: &Login,
    head: &H,
    judged: Result<User, BearerRefusal>,
    bearers: &Bearers,
    now: Timestamp,
    request: impl FnOnce() -> Option<RequestContext>,
) -> Verdict {
    match judged.map(|user| bearers.machine.admit(head, user, now)) {
        Ok(Ok(admission)) => Verdict::admit(login, admission),
        Ok(Err(reply)) => Verdict::Reply(send(login, reply, request().as_ref())),
        Err(refusal) => refuse(login, head, &refusal, bearers, request),
    }
}

fn refuse<H: Head>(
    login: &Login,
    head: &H,
    refusal: &BearerRefusal,
    bearers: &Bearers,
    request: impl FnOnce() -> Option<RequestContext>,
) -> Verdict {
    if let BearerRefusal::Invalid(reason) = refusal {
        tracing::debug!(reason, "a bearer token was not accepted");
    }
    let reply = bearers.machine.refuse(head, refusal);
    Verdict::Reply(send(login, reply, request().as_ref()))
}
