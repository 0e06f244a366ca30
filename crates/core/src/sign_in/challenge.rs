//! The challenge: "sign in first", in the form that fits the request (RFC 9110, section 15.5.2).
//!
//! Rules: only a navigation is redirected. Every other request gets a status, and starts no sign-in. A posted form is
//! never sent again.

use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::refusal::failed_sign_in::{misplaced_callback, sign_in_failed};
use crate::refusal::parts::{kind_of, page_about, problem_with_login_url, sign_in_link};
use crate::refusal::refuse::unverified;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::{Page, WayOn};
use crate::reply::reply::Reply;
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::addresses::{address_of, page_of};
use crate::request::classify::Kind;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::request::site::Endpoint;
use crate::session::found::{Found, Verdict};
use crate::session::refusal::SessionRefusal;
use crate::session::write::remove_session;
use crate::sign_in::loop_count::{self, LoopCount};
use crate::sign_in::start::{FormerSession, StartSignIn};
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The outcome of a request without a user.
#[must_use]
pub enum Challenge {
    /// A reply that asks the person to sign in, or refuses.
    Reply(Box<Reply>),
    /// The browser is sent to sign in.
    SignIn(Box<StartSignIn>),
}

/// Challenges a request, depending on its session.
pub(crate) fn challenge<H: Head>(
    responder: Responder,
    head: &H,
    found: &Found,
    now: Timestamp,
) -> Challenge {
    let former = match found.verdict {
        Verdict::Unknown => {
            let draft = unverified(&responder, head);
            return Challenge::Reply(responder.write(draft));
        }
        Verdict::Refused(refusal @ (SessionRefusal::Foreign | SessionRefusal::Outdated)) => {
            FormerSession {
                refusal: Some(refusal),
                ..FormerSession::default()
            }
        }
        Verdict::Refused(refusal) => FormerSession {
            removals: remove_session(&responder.vault, head),
            refusal: Some(refusal),
            ends: None,
        },
        Verdict::Live | Verdict::Absent => FormerSession::default(),
    };
    send_away(responder, head, former, found.sticks(), now)
}

/// Challenges a request, and ends its former session. `sticks` says that the browser keeps session cookies, so that it
/// is in no sign-in loop.
pub(crate) fn send_away<H: Head>(
    responder: Responder,
    head: &H,
    former: FormerSession,
    sticks: bool,
    now: Timestamp,
) -> Challenge {
    let kind = kind_of(&responder, head);
    let draft = if kind != Kind::Navigation {
        unauthenticated(&responder, head, kind)
    } else if responder.site.is_misplaced_callback(head.path()) {
        misplaced_callback(&responder)
    } else {
        let return_to = address_of(&responder.site, head);
        let count = loop_count::find(&responder.vault, head, now);
        if sticks || !count.is_some_and(LoopCount::is_loop) {
            let start = StartSignIn::new(responder, head, return_to).after(former);
            return Challenge::SignIn(Box::new(if sticks && count.is_some() {
                start.forgetting_loop()
            } else {
                start
            }));
        }
        let detail = "three sign-ins within a minute came back without their session";
        sign_in_failed(&responder, ErrorCode::LoginLoop, detail, &return_to)
    };
    Challenge::Reply(responder.write(former.end_with(draft)))
}

/// 401 for a request that is no navigation.
pub(crate) fn unauthenticated<H: Head>(machine: &Machine, head: &H, kind: Kind) -> Draft {
    let login_url = |return_to: ReturnTo| machine.site.login_path_to(return_to.as_str());
    match kind {
        Kind::FormPost => {
            let end = machine.site.path_of(Endpoint::SignedIn);
            let sign_in = WayOn::NewTab(machine.site.login_path_to(&end));
            let page = Page::new(PageSubject::FormNotSent)
                .action(sign_in, Label::SignInNewTab)
                .aside(page_of(&machine.site, head).as_str(), Label::Back);
            unauthenticated_page(machine, page)
        }
        Kind::Frame => {
            let sign_in = sign_in_link(machine, &page_of(&machine.site, head));
            let page = page_about(machine, ErrorCode::SignInRequired);
            unauthenticated_page(machine, page.action(sign_in, Label::SignIn).framed(true))
        }
        Kind::Htmx => sign_in_problem(machine, head)
            .header("hx-redirect", login_url(page_of(&machine.site, head))),
        Kind::Inertia => {
            // A GET of Inertia is for a page that can be opened as it is.
            let page = if matches!(head.method(), "GET" | "HEAD") {
                address_of(&machine.site, head)
            } else {
                page_of(&machine.site, head)
            };
            Draft::new(409)
                .header("x-inertia-location", login_url(page))
                .event([Event::RequestRefused(ErrorCode::SignInRequired)])
        }
        Kind::Navigation | Kind::Other => sign_in_problem(machine, head),
    }
}

fn unauthenticated_page(machine: &Machine, page: Page) -> Draft {
    Draft::page(page)
        .event([Event::RequestRefused(ErrorCode::SignInRequired)])
        .header("www-authenticate", authenticate(machine))
}

/// 401 for programs: a problem with the address of the sign-in.
pub(crate) fn sign_in_problem<H: Head>(machine: &Machine, head: &H) -> Draft {
    problem_with_login_url(machine, head, ErrorCode::SignInRequired)
        .header("www-authenticate", authenticate(machine))
        .event([Event::RequestRefused(ErrorCode::SignInRequired)])
}

/// The value of `WWW-Authenticate`. For an unknown scheme, no browser asks for a password.
fn authenticate(machine: &Machine) -> String {
    let login = machine.site.login_path();
    ["FncyLogin login_url=\"", &login, "\""].concat()
}
