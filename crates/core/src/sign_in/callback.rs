//! The callback, with which the authorization server sends the browser back (RFC 6749, section 4.1.2). It is checked
//! before any of it is believed.
//!
//! Rules:
//! - A code is sent to the provider only if the callback's `state` opens a transaction of the same browser.
//! - If a callback is of no use and the person is signed in, the browser goes on to the page that the person wanted.
//! - An error of the provider always shows a page, and no page starts a sign-in by itself.
//! - Only the transaction that the callback names is removed.

use std::borrow::Cow;

use subtle::ConstantTimeEq as _;

use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::provider::answer::ProviderError;
use crate::provider::callback::{Callback, CallbackOutcome};
use crate::provider::exchange::Redeem;
use crate::refusal::failed_sign_in::{session_stays, sign_in_failed};
use crate::refusal::refuse::method_not_allowed;
use crate::reply::draft::Draft;
use crate::reply::reply::Reply;
use crate::request::classify::{is_part, is_prefetch};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::found::Found;
use crate::session::sealed_tokens;
use crate::session::write::cookie_names;
use crate::sign_in::challenge::{Challenge, challenge};
use crate::sign_in::known_callback::{KnownCallback, arrive};
use crate::sign_in::loop_count::{self, LoopCount};
use crate::sign_in::redeeming::Redeeming;
use crate::sign_in::transaction::{self, State, Transaction};
use crate::values::error_code::ErrorCode;
use crate::values::report::Severity;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// The outcome of a callback.
pub(crate) enum CallbackStep {
    /// The code belongs to this browser, and is redeemed.
    Redeem(Box<Redeeming>),
    /// The request is no callback that a person opened.
    Challenge(Challenge),
    /// The callback is answered.
    Reply(Box<Reply>),
}

/// `GET {prefix}/callback`.
pub(crate) fn callback<H: Head>(
    responder: Responder,
    head: &H,
    found: Found,
    now: Timestamp,
) -> CallbackStep {
    if head.method() != "GET" {
        return CallbackStep::Reply(responder.write(method_not_allowed("GET")));
    }
    if is_prefetch(head) || is_part(head) {
        return CallbackStep::Challenge(challenge(responder, head, &found, now));
    }
    match judge(&responder, head, &found, now) {
        Ok((code, state, transaction)) => {
            let redeem = Redeem {
                code,
                redirect_uri: responder.site.redirect_uri().to_owned(),
                verifier: responder.provider.pkce.then(|| transaction.pkce.verifier()),
                key: state.digest,
            };
            let callback = known(responder, head, &state, transaction, found, now);
            CallbackStep::Redeem(Box::new(Redeeming::new(callback, redeem)))
        }
        Err(draft) => CallbackStep::Reply(responder.write(draft)),
    }
}

/// The code that may be redeemed, with its transaction, or else the reply.
fn judge<H: Head>(
    machine: &Machine,
    head: &H,
    found: &Found,
    now: Timestamp,
) -> Result<(Secret, State, Transaction), Draft> {
    let callback = Callback::parse(head.query().unwrap_or_default()).map_err(|malformed| {
        let root = ReturnTo::root(&machine.site);
        sign_in_failed(machine, ErrorCode::InvalidCallback, malformed.0, &root)
    })?;
    let state = State::new(callback.state);
    let Some(transaction) = transaction::find(&machine.vault, head, &state, &machine.site) else {
        let is_error = matches!(callback.outcome, CallbackOutcome::Error(_));
        let is_unnamed = is_error && state.text.is_empty();
        let is_live = found.is_live();
        return Err(unknown_transaction(
            machine, head, &state, is_unnamed, is_live,
        ));
    };
    let return_to = &transaction.return_to;
    let stays = found
        .user()
        .is_some_and(|user| transaction.demands.is_for(user));
    let refused = |code, detail: Cow<'static, str>| {
        let draft = if stays {
            session_stays(machine, code, detail, return_to)
        } else {
            sign_in_failed(machine, code, detail, return_to)
        };
        draft.cookies([removal(machine, &state)])
    };
    let same_provider: bool = transaction.provider.ct_eq(&machine.provider_id).into();
    if !same_provider {
        let detail = "the sign-in was started with another provider";
        return Err(refused(ErrorCode::WrongProvider, detail.into()));
    }
    if transaction.is_expired(now) {
        return Err(if found.is_live() {
            arrive(return_to).cookies([removal(machine, &state)])
        } else {
            let detail = "the sign-in is older than ten minutes, or the clocks of instances differ";
            refused(ErrorCode::LoginExpired, detail.into())
        });
    }
    let issuer = machine.provider.issuer.as_deref();
    if issuer.is_some() && issuer != callback.issuer.as_deref() {
        let detail = "iss is missing or is not FNCY_ISSUER";
        return Err(refused(ErrorCode::WrongIssuer, detail.into()));
    }
    match callback.outcome {
        CallbackOutcome::Code(code) => Ok((code, state, transaction)),
        CallbackOutcome::Error(error) => {
            let ProviderError { code, detail, .. } = ProviderError::of_callback(&error);
            let code = match code {
                ErrorCode::AccessDenied | ErrorCode::SignInDeclined if stays => {
                    transaction.demands.declined()
                }
                code => code,
            };
            // Any person can send a callback with an error.
            Err(refused(code, detail).at_most(Severity::Warning))
        }
        CallbackOutcome::Nothing => {
            let detail = "the callback has neither a usable code nor an error";
            Err(refused(ErrorCode::InvalidCallback, detail.into()))
        }
    }
}

/// The line that removes a transaction.
fn removal(machine: &Machine, state: &State) -> String {
    let cookies = &machine.vault.cookies;
    cookies.remove(&cookies.transaction_name(&state.digest))
}

fn known<H: Head>(
    responder: Responder,
    head: &H,
    state: &State,
    transaction: Transaction,
    found: Found,
    now: Timestamp,
) -> KnownCallback {
    let vault = &responder.vault;
    let Transaction {
        return_to, demands, ..
    } = transaction;
    // A session that is kept for a recent sign-in sticks, and its changed cookie may still be lost.
    let counts = !found.sticks() || demands.is_counted();
    let count = loop_count::find(vault, head, now).filter(|_| counts);
    // The device cookies of former sessions go with them.
    let kept = found.user().filter(|user| demands.is_for(user));
    let kept = kept.map(|user| vault.cookies.device_name(user.session().id().as_bytes()));
    let is_former = |name: &str| vault.cookies.is_device(name) && kept.as_deref() != Some(name);
    let mut session_cookies = cookie_names(vault, head);
    session_cookies.extend(vault.names(head, is_former));
    KnownCallback {
        return_to,
        demands,
        removal: removal(&responder, state),
        unproven: found.unproven().cloned().collect(),
        before: found.into_user().map(|user| {
            let tokens = sealed_tokens::open(vault, head, &user);
            (user, tokens)
        }),
        session_cookies,
        loop_count: LoopCount::after(count, now),
        responder,
    }
}

/// The reply to a callback without a transaction of this browser.
fn unknown_transaction<H: Head>(
    machine: &Machine,
    head: &H,
    state: &State,
    is_unnamed: bool,
    is_signed_in: bool,
) -> Draft {
    let root = ReturnTo::root(&machine.site);
    let (code, detail) = if transaction::is_sealed_elsewhere(&machine.vault, head, state) {
        // Also with a session. The other instance has just refused it, and would again: a loop of redirects.
        (
            ErrorCode::LoginExpired,
            "the cookie of this sign-in does not open; an instance with another FNCY_COOKIE_SECRET or FNCY_CLIENT_ID has sealed it",
        )
    } else if is_signed_in {
        return arrive(&root);
    } else if is_unnamed {
        (
            ErrorCode::StateMissing,
            "the authorization endpoint reports an error without a state",
        )
    } else if transaction::is_any(&machine.vault, head) {
        (
            ErrorCode::LoginExpired,
            "no sign-in of this browser has this state",
        )
    } else {
        (
            ErrorCode::LoginCookieMissing,
            "the callback came without the cookie of a sign-in; open the site under the host of a redirect URI (localhost and 127.0.0.1 are different hosts), and over https, since a browser may drop Secure cookies over plain http; with several redirect URIs, the proxy must pass the Host header on",
        )
    };
    sign_in_failed(machine, code, detail, &root)
}
