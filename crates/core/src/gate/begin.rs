//! The branch of every request: admit it, reply to it, or ask a question about it.
//!
//! Rules:
//! - A live session is admitted, and nothing is written, drawn or asked. But an unsafe request from another site is
//!   refused.
//! - A session that must be refreshed is refreshed first. Path guards judge the user after that.
//! - A session that was bound to a device key since its cookie was written is sealed anew, with the key.
//! - A public path is admitted, whatever its cookies say.
//! - Every other request is challenged.

use std::sync::Arc;

use crate::admission::admission::Admission;
use crate::admission::resealing::Resealing;
use crate::device::challenging::Challenging;
use crate::device::proving::Proving;
use crate::endpoints::device::{DeviceStep, refresh, register};
use crate::endpoints::session::session;
use crate::endpoints::sign_in::sign_in;
use crate::endpoints::sign_out::sign_out;
use crate::endpoints::signed_in::{script, signed_in};
use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::refresh::refreshing::{Refreshing, refreshing};
use crate::refusal::refuse::cross_site;
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::classify::{
    Kind, classify, is_event_stream, is_prefetch, is_preflight, is_upgrade,
};
use crate::request::cross_site::is_unsafe;
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::request_paths::RequestPaths;
use crate::session::device_cookie::bound_since;
use crate::session::found::Found;
use crate::session::user::User;
use crate::sign_in::callback::{CallbackStep, callback};
use crate::sign_in::challenge::{Challenge, challenge, guard, send_away, unmet_need};
use crate::sign_in::redeeming::Redeeming;
use crate::sign_in::start::{FormerSession, StartSignIn};
use crate::values::timestamp::Timestamp;

/// The outcome of the first step of a request. Replies and states are boxed, so that an admitted request moves few
/// bytes.
#[derive(Debug)]
#[must_use]
pub enum Begin {
    /// The application answers the request.
    Admit(Admission),
    /// The login answers the request.
    Reply(Box<Reply>),
    /// The browser is sent to sign in.
    SignIn(Box<StartSignIn>),
    /// The application answers, after the session's idle end was moved on.
    Roll(Box<Resealing>),
    /// The code of a callback must be redeemed.
    Redeem(Box<Redeeming>),
    /// The session must be refreshed.
    Refresh(Box<Refreshing>),
    /// The browser must sign a challenge with its device key.
    Challenge(Box<Challenging>),
    /// The browser has proved its device key.
    Prove(Box<Proving>),
}

impl From<DeviceStep> for Begin {
    fn from(step: DeviceStep) -> Self {
        match step {
            DeviceStep::Reply(reply) => Self::Reply(reply),
            DeviceStep::Challenge(challenging) => Self::Challenge(challenging),
            DeviceStep::Prove(proving) => Self::Prove(proving),
        }
    }
}

impl From<Challenge> for Begin {
    fn from(challenge: Challenge) -> Self {
        match challenge {
            Challenge::Reply(reply) => Self::Reply(reply),
            Challenge::SignIn(start) => Self::SignIn(start),
        }
    }
}

/// Decides over a request, or asks one question. A signed-in request ends here, and its user is the only allocation.
pub(crate) fn begin<H: Head>(
    machine: &Arc<Machine>,
    head: &H,
    mut found: Found,
    now: Timestamp,
) -> Begin {
    found.look_for_bindings(|user| bound_since(&machine.vault, head, user, now));
    let paths = RequestPaths::of(head, &machine.site);
    if let Some(endpoint) = machine.site.endpoint(&paths.sent)
        && (machine.vault.binds_devices || !endpoint.is_of_devices())
    {
        return answer(Responder::to(machine, head), endpoint, head, found, now);
    }
    let reply = |draft: Draft| Begin::Reply(Responder::to(machine, head).write(draft));
    let is_public = is_public(machine, head, &paths);
    let (read_since, is_unsealed) = (found.read_since(), found.is_unsealed());
    let user = match found.into_live() {
        Ok(user) => user,
        Err(_) if is_public => return Begin::Admit(Admission::anonymous()),
        Err(found) => return challenge(Responder::to(machine, head), head, &found, now).into(),
    };
    if is_forged(machine, head, &paths) {
        return reply(cross_site(machine, head).about(&user));
    }
    let terms = user.terms();
    if !is_public && (terms.user_read < read_since || terms.is_stale(now)) {
        return renew(machine, head, &paths, user, read_since, now);
    }
    if let Some(refused) = guard(machine, head, &paths, &user, now) {
        return refused.into();
    }
    if is_public {
        return greet(machine, head, &paths, user, is_unsealed, now);
    }
    let is_due = is_unsealed || machine.lifetimes.is_roll_due(&terms, now);
    if is_due && !is_background(machine, head, &paths) {
        return Begin::Roll(Box::new(Resealing::new(machine, head, user, None)));
    }
    Begin::Admit(Admission::of(user, None))
}

/// Whether a request that this login has admitted for this user may still pass. Middleware between two layers may have
/// rewritten its path or method. A handler may have sent a new request with the extensions of another one. The user of a
/// bearer token is checked again, since another path may accept other tokens.
pub(crate) fn may_pass<H: Head>(
    machine: &Machine,
    head: &H,
    user: Option<&User>,
    now: Timestamp,
) -> bool {
    let paths = RequestPaths::of(head, &machine.site);
    let is_alive = |user: &User| user.terms().token_expires > now;
    user.is_none_or(|user| {
        user.has_session()
            && unmet_need(machine, &paths, user, now).is_none()
            && !is_forged(machine, head, &paths)
    }) && (user.is_some_and(is_alive) || is_public(machine, head, &paths))
}

fn answer<H: Head>(
    responder: Responder,
    endpoint: Endpoint,
    head: &H,
    found: Found,
    now: Timestamp,
) -> Begin {
    let draft = match endpoint {
        Endpoint::Login => return sign_in(responder, head, &found).into(),
        Endpoint::Callback => {
            return match callback(responder, head, found, now) {
                CallbackStep::Redeem(redeeming) => Begin::Redeem(redeeming),
                CallbackStep::Challenge(challenge) => challenge.into(),
                CallbackStep::Reply(reply) => Begin::Reply(reply),
            };
        }
        Endpoint::SignedIn => return signed_in(responder, head, &found, now).into(),
        Endpoint::DeviceRegister => return register(responder, head, now).into(),
        Endpoint::DeviceRefresh => return refresh(responder, head, now).into(),
        Endpoint::Script => script(head),
        Endpoint::Logout => sign_out(&responder, head, found, now),
        Endpoint::Session => session(&responder, head, found, now),
    };
    Begin::Reply(responder.write(draft))
}

/// A live session on a protected path, which must be refreshed. If its user must be read again, that is done with the
/// refresh. A session without a refresh token signs in again.
fn renew<H: Head>(
    machine: &Arc<Machine>,
    head: &H,
    paths: &RequestPaths<'_>,
    user: User,
    read_since: Timestamp,
    now: Timestamp,
) -> Begin {
    let terms = user.terms();
    if !terms.can_refresh {
        // The next session has new user data. If the browser shows the old one again, it is in a loop.
        let former = FormerSession::default();
        return send_away(Responder::to(machine, head), head, former, false, now).into();
    }
    let idle_ends = if is_background(machine, head, paths) {
        terms.idle_ends
    } else {
        machine.lifetimes.idle_ends(terms.ends, now)
    };
    let responder = Responder::to(machine, head);
    match refreshing(responder, head, user, idle_ends, read_since, now) {
        Ok(refreshing) => Begin::Refresh(Box::new(refreshing)),
        Err(challenge) => challenge.into(),
    }
}

/// A live session on a public path. No request waits for the provider there, so nothing is refreshed. Pages that a
/// person opens keep the session alive, as long as it needs no refresh. If only a refresh could tell the session from
/// an old copy, the request has no user.
fn greet<H: Head>(
    machine: &Arc<Machine>,
    head: &H,
    paths: &RequestPaths<'_>,
    user: User,
    is_unsealed: bool,
    now: Timestamp,
) -> Begin {
    let terms = user.terms();
    if terms.is_past_grace(now) {
        return Begin::Admit(Admission::anonymous());
    }
    let is_kept = (is_unsealed || machine.lifetimes.is_roll_due(&terms, now))
        && !terms.is_stale(now)
        && classify(head) == Kind::Navigation
        && !is_background(machine, head, paths);
    if is_kept {
        return Begin::Roll(Box::new(Resealing::new(machine, head, user, None)));
    }
    Begin::Admit(Admission::of(user, None))
}

/// Whether a request needs no user. A CORS preflight never has cookies, so it is not public on a path with a guard, unless
/// the path accepts bearer tokens.
fn is_public<H: Head>(machine: &Machine, head: &H, paths: &RequestPaths<'_>) -> bool {
    paths.all(|path| machine.paths.is_public(path))
        || (machine.allow_preflight
            && is_preflight(head)
            && (paths.all(|path| machine.paths.bearer(path).is_some())
                || !paths.any(|path| machine.paths.is_guarded(path))))
}

/// Whether a program may have sent the request without a person.
fn is_background<H: Head>(machine: &Machine, head: &H, paths: &RequestPaths<'_>) -> bool {
    is_prefetch(head)
        || is_upgrade(head)
        || is_event_stream(head)
        || paths.any(|path| machine.paths.is_background(path))
}

/// Whether another site's page may have sent an unsafe request with the session.
fn is_forged<H: Head>(machine: &Machine, head: &H, paths: &RequestPaths<'_>) -> bool {
    is_unsafe(head)
        && !machine.sources.vouch_for(head)
        && !paths.all(|path| machine.paths.allows_cross_site(path))
}
