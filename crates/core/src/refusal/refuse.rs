//! Refusals of requests, in the form that fits the request.

use std::borrow::Cow;

use crate::machine::machine::Machine;
use crate::provider::scope::is_scope;
use crate::refusal::parts::{
    another_account, authenticate, kind_of, page_about, problem, problem_at,
    problem_with_login_url, shown_page, sign_in_link,
};
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::WayOn;
use crate::reply::words::label::Label;
use crate::request::addresses::{address_of, page_of};
use crate::request::classify::Kind;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::values::error_code::ErrorCode;
use crate::values::report::{Report, Severity};

/// A refusal, with a line for the operator's log.
pub(crate) fn refuse<H: Head>(
    machine: &Machine,
    head: &H,
    code: ErrorCode,
    detail: impl Into<Cow<'static, str>>,
) -> Draft {
    let kind = kind_of(machine, head);
    let way_on = || match code {
        ErrorCode::Forbidden => {
            let here = shown_page(machine, head, kind);
            another_account(machine, &here).map(|way_on| (way_on, Label::AnotherAccount))
        }
        // A form that was posted is never sent again.
        ErrorCode::GuardUndecided if kind != Kind::FormPost => {
            let here = shown_page(machine, head, kind);
            Some((WayOn::Go(here.as_str().to_owned()), Label::TryAgain))
        }
        _ => None,
    };
    in_format(machine, kind, code, detail, way_on, || problem(code))
}

/// A refusal in the format for a kind of request: a page with a way on, or a problem.
fn in_format(
    machine: &Machine,
    kind: Kind,
    code: ErrorCode,
    detail: impl Into<Cow<'static, str>>,
    way_on: impl FnOnce() -> Option<(WayOn, Label)>,
    problem: impl FnOnce() -> Draft,
) -> Draft {
    let draft = match kind {
        Kind::Navigation | Kind::FormPost | Kind::Frame => {
            let page = page_about(machine, code).framed(kind == Kind::Frame);
            Draft::page(match way_on() {
                Some((way_on, label)) => page.action(way_on, label),
                None => page,
            })
        }
        Kind::Htmx | Kind::Inertia | Kind::Other => problem(),
    };
    draft
        .report([Report::of(code, detail)])
        .event([Event::RequestRefused(code)])
}

/// 403, for a user who lacks a scope. If an intent asks for that scope, the page offers it.
pub(crate) fn lacks_scope<H: Head>(machine: &Machine, head: &H, scope: &str) -> Draft {
    let return_to = shown_page(machine, head, kind_of(machine, head));
    let mut intents = machine.intents.iter();
    let offer = intents.find(|(_, options)| options.asks_for(scope));
    let offer = offer.map(|(name, _)| {
        let sign_in = machine.site.login_path_to(return_to.as_str());
        format!("{sign_in}&with={name}")
    });
    offer_access(
        machine,
        head,
        scope,
        offer.as_deref(),
        "the user lacks a scope",
    )
}

/// 403, for a user who lacks scopes. `offer` is the address that asks for them.
pub(crate) fn offer_access<H: Head>(
    machine: &Machine,
    head: &H,
    scopes: &str,
    offer: Option<&str>,
    detail: &'static str,
) -> Draft {
    let code = ErrorCode::InsufficientScope;
    let kind = kind_of(machine, head);
    let way_on = || match offer {
        Some(url) => Some((WayOn::Go(url.to_owned()), Label::AllowAccess)),
        None => {
            let return_to = shown_page(machine, head, kind);
            Some((another_account(machine, &return_to)?, Label::AnotherAccount))
        }
    };
    let problem = || match offer {
        Some(url) => problem_at(code, url.to_owned()),
        None => problem(code),
    };
    // The guard of a router may have a text that no scope has, and that no header may have.
    let named = if scopes.split(' ').all(is_scope) {
        format!(", scope=\"{scopes}\"")
    } else {
        String::new()
    };
    let params = format!(", error=\"{code}\"{named}");
    in_format(machine, kind, code, detail, way_on, problem)
        .header("www-authenticate", authenticate(machine, &params))
}

/// 400, for a sign-in that names something unknown. A plain sign-in is the way on.
pub(crate) fn unknown_intent<H: Head>(machine: &Machine, head: &H, return_to: &ReturnTo) -> Draft {
    let code = ErrorCode::UnknownIntent;
    let detail = "`with` names no intent or several, or max_age is no number of seconds";
    let way_on = || Some((sign_in_link(machine, return_to), Label::SignIn));
    let kind = kind_of(machine, head);
    in_format(machine, kind, code, detail, way_on, || problem(code))
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
    busy(machine, head, code).report([Report::of(code, detail)])
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

/// A problem for a request that no person sends, and whose answer no page reads. `detail` is for the operator.
pub(crate) fn for_program(code: ErrorCode, detail: &'static str) -> Draft {
    problem(code)
        .report([Report::of(code, detail)])
        .event([Event::RequestRefused(code)])
}

/// 503, for a request that came without its device cookie for a reason of the browser's own.
pub(crate) fn unproven<H: Head>(machine: &Machine, head: &H) -> Draft {
    let code = ErrorCode::DeviceUnproven;
    let detail = "the browser could not prove the device key of the session, and says so";
    let draft = busy(machine, head, code).report([Report::of(code, detail)]);
    // Any client can cause it.
    draft.at_most(Severity::Warning)
}

/// 403, for a user whose session is bound to no device key. A browser that can bind it does so within a few
/// seconds after the sign-in.
pub(crate) fn lacks_device<H: Head>(machine: &Machine, head: &H, detail: &'static str) -> Draft {
    let code = ErrorCode::DeviceBindingRequired;
    busy(machine, head, code).report([Report::of(code, detail)])
}

/// 405, with the methods that are allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Draft {
    let code = ErrorCode::MethodNotAllowed;
    problem(code)
        .header("allow", allowed)
        .event([Event::RequestRefused(code)])
}
