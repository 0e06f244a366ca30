//! The decision on a request that shows a bearer token.
//!
//! Rules:
//! - A request with a remembered token is decided at once, without a future, unless the store must be asked.
//! - A user is admitted as long as no revocation reaches them. Each request asks for that.
//! - No cookie is read or set, and no token is refreshed.

use std::sync::Arc;

use fncy_login_core::{BearerRefusal, Head, OwnedHead, RevocationStatus, Secret, ShownToken, User};

use crate::bearer::bearers::Bearers;
use crate::handle::caller::{Caller, event_request};
use crate::handle::login::Login;
use crate::handle::replies::send;
use crate::request::verdict::{Decision, Verdict};
use crate::store::deadlines::soon;
use crate::store::store_error::StoreError;

/// Decides on a request with a bearer token.
pub(crate) fn decide<H: Head>(
    login: &Login,
    head: &H,
    bearers: &Arc<Bearers>,
    shown: ShownToken<'_>,
) -> Decision {
    let now = login.0.clock.now();
    let token = match shown.token {
        Ok(token) => token,
        Err(refusal) => return Decision::Now(refuse(login, head, bearers, &refusal)),
    };
    let key = (shown.prefix, bearers.machine.key(token));
    let known = match bearers.cache.get(&key, now) {
        Some(Err(refusal)) => return Decision::Now(refuse(login, head, bearers, &refusal)),
        Some(Ok(user)) => Some(user),
        None => None,
    };
    if let Some(user) = &known
        && let Some(is_revoked) = is_revoked(login, user)
    {
        let user = user.clone();
        return Decision::Now(admit(login, head, bearers, user, &Ok(is_revoked)));
    }
    let caller = Caller::of(login, head, true, false);
    let (head, token) = (OwnedHead::of(head), Secret::new(token.to_owned()));
    let (login, bearers) = (login.clone(), Arc::clone(bearers));
    Decision::Later(Box::pin(async move {
        let asked = match known {
            Some(user) => Ok(user),
            None => bearers.ask(key, token, caller.client).await,
        };
        match asked {
            Ok(user) => {
                let answer = match is_revoked(&login, &user) {
                    Some(is_revoked) => Ok(is_revoked),
                    None => soon(login.0.store.is_revoked(user.session(), user.id())).await,
                };
                admit(&login, &head, &bearers, user, &answer)
            }
            Err(refusal) => refuse(&login, &head, &bearers, &refusal),
        }
    }))
}

/// Whether a revocation reaches the user of a token. `None` if the store must be asked.
fn is_revoked(login: &Login, user: &User) -> Option<bool> {
    match login.0.store.status(&user.session(), user.id()) {
        RevocationStatus::Live | RevocationStatus::ReadUser(_) => Some(false),
        RevocationStatus::Revoked => Some(true),
        RevocationStatus::Ask => None,
    }
}

fn admit<H: Head>(
    login: &Login,
    head: &H,
    bearers: &Bearers,
    user: User,
    is_revoked: &Result<bool, StoreError>,
) -> Verdict {
    let refusal = match is_revoked {
        Ok(false) => None,
        Err(StoreError) if login.0.admits_unverified => None,
        Ok(true) => Some(BearerRefusal::Invalid("the user or the token was revoked")),
        Err(StoreError) => Some(BearerRefusal::Unverified),
    };
    if let Some(refusal) = refusal {
        return refuse(login, head, bearers, &refusal);
    }
    match bearers.machine.admit(head, user, login.0.clock.now()) {
        Ok(admission) => Verdict::admit(login, admission),
        Err(reply) => Verdict::Reply(send(login, reply, event_request(login, head).as_ref())),
    }
}

fn refuse<H: Head>(login: &Login, head: &H, bearers: &Bearers, refusal: &BearerRefusal) -> Verdict {
    if let BearerRefusal::Invalid(reason) = refusal {
        tracing::debug!(reason, "a bearer token was not accepted");
    }
    let reply = bearers.machine.refuse(head, refusal);
    Verdict::Reply(send(login, reply, event_request(login, head).as_ref()))
}
