//! `{prefix}/sign-in.js` and `{prefix}/signed-in`: a sign-in in a popup or another tab, while the page stays as it is.
//!
//! Rules:
//! - The script gets no data from the popup. It learns that a sign-in has ended, by a channel of our own origin.
//! - The popup doesn't close itself. A page of another origin may have opened it, and its end would tell that page that
//!   the person is signed in. The page of ours that waits closes the popup.
//! - If another user has signed in, the script sends nothing that was written for the first one.

use crate::machine::responder::Responder;
use crate::refusal::refuse::{cross_site, method_not_allowed};
use crate::reply::draft::Draft;
use crate::reply::page::Page;
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::classify::{Kind, classify};
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::found::Found;
use crate::sign_in::challenge::{Challenge, challenge};
use crate::values::timestamp::Timestamp;

/// The script has no secret, and is the same for everyone until the next release.
const CACHED: &str = "public, max-age=3600";

pub(crate) fn script<H: Head>(head: &H) -> Draft {
    if !matches!(head.method(), "GET" | "HEAD") {
        return method_not_allowed("GET, HEAD");
    }
    let script = include_str!("sign_in.js").to_owned();
    Draft::cached(CACHED).typed_body("text/javascript; charset=utf-8", script)
}

pub(crate) fn signed_in<H: Head>(
    responder: Responder,
    head: &H,
    found: &Found,
    now: Timestamp,
) -> Challenge {
    let is_page = classify(head) == Kind::Navigation;
    let draft = if !matches!(head.method(), "GET" | "HEAD") {
        method_not_allowed("GET, HEAD")
    } else if responder.sources.is_foreign(head) && !is_page {
        cross_site(&responder, head)
    } else if found.is_live() {
        let root = ReturnTo::root(&responder.site);
        let page = Page::new(PageSubject::SignedIn).aside(root.as_str(), Label::Back);
        Draft::page(page.running(responder.site.path_of(Endpoint::Script)))
    } else {
        return challenge(responder, head, found, now);
    };
    Challenge::Reply(responder.write(draft))
}
