//! `POST {prefix}/device/register` and `POST {prefix}/device/refresh`: a browser binds a session to a device key, and
//! proves the key again.
//!
//! Rules:
//! - Browsers send these requests by themselves, and no page can read the answers. What counts is the proof, not where
//!   the request comes from.
//! - A challenge is opened before a signature is checked, so that strangers cause no work.
//! - A proof of an old challenge leads to a new challenge, since clocks differ and answers get lost. Every other proof that
//!   is not right ends the binding.
//! - If the browser holds another session than that of the binding, the binding ends: its device cookies would serve
//!   nobody.

use crate::cookies::scan;
use crate::device::challenging::Challenging;
use crate::device::proof::Proof;
use crate::device::proving::{Proving, end_of};
use crate::device::sealed::{Binding, is_challenge, open_binding, open_offer};
use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::refusal::refuse::{for_program, method_not_allowed};
use crate::reply::reply::Reply;
use crate::request::head::{Head, has, sole};
use crate::session::open::user_of;
use crate::session::session_ref::SessionId;
use crate::values::device_draft::{self, text_of};
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// How a request about a device key goes on.
#[must_use]
pub(crate) enum DeviceStep {
    Reply(Box<Reply>),
    Challenge(Box<Challenging>),
    Prove(Box<Proving>),
}

pub(crate) fn register<H: Head>(responder: Responder, head: &H, now: Timestamp) -> DeviceStep {
    if head.method() != "POST" {
        return DeviceStep::Reply(responder.write(method_not_allowed("POST")));
    }
    match registration(&responder, head, now) {
        Ok(binding) => DeviceStep::Prove(Box::new(Proving::registration(responder, binding))),
        Err(detail) => refused(&responder, detail),
    }
}

fn registration<H: Head>(
    machine: &Machine,
    head: &H,
    now: Timestamp,
) -> Result<Binding, &'static str> {
    let proof = sole(head, device_draft::PROOF).ok_or("the registration has no proof")?;
    let proof = Proof::parse(text_of(proof))?;
    let key = proof.key()?;
    let bindable = open_offer(&machine.vault, &proof.challenge, now)
        .ok_or("the registration answers no offer of ours, or an old one")?;
    if !proof.is_by(&key) {
        return Err("the key of the registration has not signed it");
    }
    Ok(Binding { bindable, key })
}

pub(crate) fn refresh<H: Head>(responder: Responder, head: &H, now: Timestamp) -> DeviceStep {
    if head.method() != "POST" {
        return DeviceStep::Reply(responder.write(method_not_allowed("POST")));
    }
    let vault = &responder.vault;
    let name = sole(head, device_draft::BINDING).map(text_of);
    let binding = name.and_then(|name| Some((name.to_owned(), open_binding(vault, name)?)));
    let Some((name, binding)) = binding else {
        return refused(&responder, "the refresh names no binding of ours");
    };
    let session = binding.bindable.session;
    if session.ends() <= now || holds_another(&responder, head, session.id()) {
        return DeviceStep::Reply(responder.write(end_of(&name)));
    }
    let challenging = |responder, name| {
        DeviceStep::Challenge(Box::new(Challenging {
            responder,
            session,
            name,
        }))
    };
    if !has(head, device_draft::PROOF) {
        return challenging(responder, name);
    }
    let proof = sole(head, device_draft::PROOF).ok_or("the refresh has two proofs");
    let proof = match proof.and_then(|proof| Proof::parse(text_of(proof))) {
        Ok(proof) => proof,
        Err(detail) => return refused(&responder, detail),
    };
    if !is_challenge(vault, &proof.challenge, &session, now) {
        return challenging(responder, name);
    }
    if !proof.is_by(&binding.key) {
        return refused(
            &responder,
            "the key of the binding has not signed the proof",
        );
    }
    let proving = Proving::refresh(responder, binding, name, &proof.challenge);
    DeviceStep::Prove(Box::new(proving))
}

/// Whether the browser has session cookies, and none of this session. A request that another site has caused has no
/// cookies at all.
fn holds_another<H: Head>(machine: &Machine, head: &H, id: SessionId) -> bool {
    let (vault, mut is_any, mut is_own) = (&machine.vault, false, false);
    for value in scan::values(head, vault.cookies.session_name()) {
        if let Some(user) = user_of(vault, value) {
            is_any = true;
            is_own |= user.session().id() == id;
        }
    }
    is_any && !is_own
}

fn refused(responder: &Responder, detail: &'static str) -> DeviceStep {
    let draft = for_program(ErrorCode::DeviceProofRefused, detail);
    DeviceStep::Reply(responder.write(draft))
}
