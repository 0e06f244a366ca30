//! Refusals of requests, in the form that fits the request.

use std::borrow::Cow;

use crate::machine::machine::Machine;
use crate::provider::answer::DEFAULT_RETRY_AFTER;
use crate::refusal::parts::{
    another_account, kind_of, page_about, problem, problem_with_login_url, sign_in_link,
};
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::WayOn;
use crate::reply::words::label::Label;
use crate::request::addresses::{address_of, page_of};
use crate::request::classify::Kind;
use crate::request::head::Head;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;

/// A refusal, with a line for the operator's log.
pub(crate) fn refuse<H: Head>(
    machine: &Machine,
    head: &H,
    code: ErrorCode,
    detail: impl Into<Cow<'static, str>>,
) -> Draft {
    let kind = kind_of(machine, head);
    let draft = match kind {
        Kind::Navigation | Kind::FormPost | Kind::Frame => {
            let page = page_about(machine, code).framed(kind == Kind::Frame);
            let here = match kind {
                Kind::Navigation => address_of(&machine.site, head),
                _ => page_of(&machine.site, head),
            };
            let way_on = match code {
                ErrorCode::Forbidden => {
                    another_account(machine, &here).map(|way_on| (way_on, Label::AnotherAccount))
                }
                // A form that was posted is never sent again.
                ErrorCode::GuardUndecided if kind != Kind::FormPost => {
                    Some((WayOn::Go(here.as_str().to_owned()), Label::TryAgain))
                }
                _ => None,
            };
            Draft::page(match way_on {
                Some((way_on, label)) => page.action(way_on, label),
                None => page,
            })
        }
        Kind::Htmx | Kind::Inertia | Kind::Other => problem(code),
    };
    draft
        .report([Report::of(code, detail)])
        .event([Event::RequestRefused(code)])
}

/// 403, for a request that another site's page may have sent.
pub(crate) fn cross_site<H: Head>(machine: &Machine, head: &H) -> Draft {
    let detail = "neither Sec-Fetch-Site nor Origin says that the request came from this origin; if it came from a page of yours, see LoginBuilder::trusted_origin";
    refuse(machine, head, ErrorCode::CrossSite, detail)
}

/// 503, while the store can't be asked whether the session was revoked.
pub(crate) fn unverified<H: Head>(machine: &Machine, head: &H) -> Draft {
    let code = ErrorCode::SessionUnverified;
    let detail = "the store can't be asked whether the session was revoked";
    busy(machine, head, code)
        .retry_after(DEFAULT_RETRY_AFTER)
        .report([Report::of(code, detail)])
}

/// 503, for a request that may succeed a moment later. A page has a link to itself, to try again. Each of these replies
/// also has the address of the sign-in, since a new sign-in helps if waiting doesn't.
pub(crate) fn busy<H: Head>(machine: &Machine, head: &H, code: ErrorCode) -> Draft {
    let kind = kind_of(machine, head);
    let draft = match kind {
        Kind::Navigation => {
            let here = address_of(&machine.site, head);
            let again = WayOn::Go(here.as_str().to_owned());
            let sign_in = machine.site.login_path_to(here.as_str());
            let page = page_about(machine, code).action(again, Label::TryAgain);
            Draft::page(page.aside(&sign_in, Label::SignIn))
        }
        Kind::FormPost | Kind::Frame => {
            let sign_in = sign_in_link(machine, &page_of(&machine.site, head));
            let page = page_about(machine, code).action(sign_in, Label::SignIn);
            Draft::page(page.framed(kind == Kind::Frame))
        }
        Kind::Htmx | Kind::Inertia | Kind::Other => problem_with_login_url(machine, head, code),
    };
    draft.event([Event::RequestRefused(code)])
}

/// A page for a request that fails, whatever its user does.
pub(crate) fn failure(machine: &Machine, code: ErrorCode, detail: &'static str) -> Draft {
    Draft::page(page_about(machine, code))
        .report([Report::of(code, detail)])
        .event([Event::RequestRefused(code)])
}

/// 405, with the methods that are allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Draft {
    let code = ErrorCode::MethodNotAllowed;
    problem(code)
        .header("allow", allowed)
        .event([Event::RequestRefused(code)])
}
