//! The parts of refusals: the kind of the request, pages with a link, problems.
//!
//! Rule: code and status come from the table in `error_code.rs`, and texts from `words`.

use crate::machine::machine::Machine;
use crate::reply::draft::Draft;
use crate::reply::page::{Page, WayOn};
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::addresses::{address_of, page_of};
use crate::request::classify::{Kind, classify};
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::request_paths::RequestPaths;
use crate::request::return_to::ReturnTo;
use crate::values::error_code::ErrorCode;

/// The query with which `/auth/login` lets the person choose another account.
pub(crate) const ANOTHER_ACCOUNT: &str = "account=another";

/// The kind of a request, which decides how it is refused. On the path of an API, every request counts as a program's.
pub(crate) fn kind_of<H: Head>(machine: &Machine, head: &H) -> Kind {
    let is_api = || {
        let paths = RequestPaths::of(head, &machine.site);
        paths.any(|path| machine.paths.is_api(path))
    };
    match classify(head) {
        Kind::Navigation | Kind::FormPost | Kind::Frame if is_api() => Kind::Other,
        kind => kind,
    }
}

/// The page that a person asked for, or that sent the request.
pub(crate) fn shown_page<H: Head>(machine: &Machine, head: &H, kind: Kind) -> ReturnTo {
    match kind {
        Kind::Navigation => address_of(&machine.site, head),
        _ => page_of(&machine.site, head),
    }
}

/// A page about a code, with a link to the application's front page.
pub(crate) fn page_about(machine: &Machine, code: ErrorCode) -> Page {
    let root = ReturnTo::root(&machine.site);
    Page::new(PageSubject::Refusal(code)).aside(root.as_str(), Label::Back)
}

/// A link that starts a sign-in, with this return address.
pub(crate) fn sign_in_link(machine: &Machine, return_to: &ReturnTo) -> WayOn {
    WayOn::Go(machine.site.login_path_to(return_to.as_str()))
}

/// The action with which a person chooses another account: a sign-out at the provider, or the provider's choice of
/// accounts.
///
/// If the provider has neither, it would sign the same account in again, so there is no action.
pub(crate) fn another_account(machine: &Machine, return_to: &ReturnTo) -> Option<WayOn> {
    if machine.provider.sign_out_url.is_some() {
        let sign_out = machine.site.path_of(Endpoint::Logout);
        return Some(WayOn::Post(sign_out));
    }
    let sign_in = machine.site.login_path_to(return_to.as_str());
    let is_offered = machine.provider.account_prompt.is_some();
    is_offered.then(|| WayOn::Go(format!("{sign_in}&{ANOTHER_ACCOUNT}")))
}

/// The value of `WWW-Authenticate`, with more parameters. For an unknown scheme, no browser asks for a password.
pub(crate) fn authenticate(machine: &Machine, params: &str) -> String {
    let login = machine.site.login_path();
    ["FncyLogin login_url=\"", &login, "\"", params].concat()
}

/// A problem (RFC 9457) about a code.
pub(crate) fn problem(code: ErrorCode) -> Draft {
    Draft::problem(code, None)
}

/// A problem that says where to sign in.
pub(crate) fn problem_with_login_url<H: Head>(
    machine: &Machine,
    head: &H,
    code: ErrorCode,
) -> Draft {
    let return_to = page_of(&machine.site, head);
    problem_at(code, machine.site.login_path_to(return_to.as_str()))
}

/// A problem with the address of a sign-in.
pub(crate) fn problem_at(code: ErrorCode, login_url: String) -> Draft {
    Draft::problem(code, Some(login_url))
}
