//! Failed sign-ins: a page with the reason and a link, and a line for the operator's log.

use std::borrow::Cow;

use crate::machine::machine::Machine;
use crate::refusal::parts::{another_account, page_about, sign_in_link};
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::{Page, WayOn};
use crate::reply::words::label::Label;
use crate::request::return_to::ReturnTo;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;

/// A failed sign-in, with a link to try again.
pub(crate) fn sign_in_failed(
    machine: &Machine,
    code: ErrorCode,
    detail: impl Into<Cow<'static, str>>,
    return_to: &ReturnTo,
) -> Draft {
    let page = page_about(machine, code);
    let page = page.action(sign_in_link(machine, return_to), Label::SignIn);
    failed(page, Report::of(code, detail), code)
}

/// A failed sign-in of a person whose session stays as it is. The link leads back to the page that they came from.
pub(crate) fn session_stays(
    machine: &Machine,
    code: ErrorCode,
    detail: impl Into<Cow<'static, str>>,
    return_to: &ReturnTo,
) -> Draft {
    let way_on = WayOn::Go(return_to.as_str().to_owned());
    let page = page_about(machine, code).action(way_on, Label::Continue);
    failed(page, Report::of(code, detail), code)
}

/// A callback at another path than that of the redirect URI. A new sign-in would end in the same way, so no link starts
/// one.
pub(crate) fn misplaced_callback(machine: &Machine) -> Draft {
    let code = ErrorCode::InvalidCallback;
    let detail = "a callback came to another path than that of the redirect URI; set FNCY_BASE_STRIPPED=1 if a proxy strips the sub-path, and remove it if none does";
    let report = Report::warning(code.as_str(), detail);
    failed(page_about(machine, code), report, code)
}

/// A sign-in that the application's hook refused, with the application's message. The person may have another account.
pub(crate) fn refused_by_hook(machine: &Machine, message: &str, return_to: &ReturnTo) -> Draft {
    let code = ErrorCode::LoginRefused;
    let page = page_about(machine, code).message(message);
    let page = match another_account(machine, return_to) {
        Some(way_on) => page.action(way_on, Label::AnotherAccount),
        None => page.action(sign_in_link(machine, return_to), Label::SignIn),
    };
    failed(page, Report::of(code, "on_login refused the user"), code)
}

fn failed(page: Page, report: Report, code: ErrorCode) -> Draft {
    Draft::page(page)
        .report([report])
        .event([Event::SignInFailed(code)])
}
