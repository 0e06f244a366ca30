//! `GET {prefix}/login?return_to=…`: a sign-in that a link or a script asks for.

use crate::machine::responder::Responder;
use crate::refusal::parts::ANOTHER_ACCOUNT;
use crate::refusal::refuse::method_not_allowed;
use crate::request::addresses::asked_address;
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::sign_in::challenge::{Challenge, unauthenticated};
use crate::sign_in::start::StartSignIn;

pub(crate) fn sign_in<H: Head>(responder: Responder, head: &H) -> Challenge {
    if !matches!(head.method(), "GET" | "HEAD") {
        return Challenge::Reply(responder.write(method_not_allowed("GET, HEAD")));
    }
    match classify(head) {
        Kind::Navigation => {
            let asked = asked_address(&responder.site, head);
            let return_to = asked.unwrap_or_else(|| ReturnTo::root(&responder.site));
            let mut pairs = head.query().unwrap_or_default().split('&');
            let chooses_account = pairs.any(|pair| pair == ANOTHER_ACCOUNT);
            let start = StartSignIn::new(responder, head, return_to);
            Challenge::SignIn(Box::new(start.choosing_account(chooses_account)))
        }
        kind => {
            let draft = unauthenticated(&responder, head, kind);
            Challenge::Reply(responder.write(draft))
        }
    }
}
