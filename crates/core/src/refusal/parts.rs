//! What refusals are made of: the kind of the request, pages with a way on, problems.
//!
//! Rule: code and status come from the one table in `error_code.rs`, the words from `words`. A program reads English:
//! its texts are for developers, and its `code` is what is stable.

use serde_json::{Value, json};

use crate::machine::machine::Machine;
use crate::reply::draft::Draft;
use crate::reply::page::{Page, WayOn};
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::addresses::page_of;
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::language::Language;
use crate::request::request_paths::RequestPaths;
use crate::request::return_to::ReturnTo;
use crate::request::site::Endpoint;
use crate::values::error_code::ErrorCode;

/// Asks `/auth/login` for the choice of another account.
pub(crate) const ANOTHER_ACCOUNT: &str = "account=another";

/// How a request asks, and so how it is refused. On a path that only programs call, no request is sent anywhere.
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

/// A page about a code, with a link to the application's front page.
pub(crate) fn page_about(machine: &Machine, code: ErrorCode) -> Page {
    let root = ReturnTo::root(&machine.site);
    Page::new(PageSubject::Refusal(code)).aside(root.as_str(), Label::Back)
}

/// The address that starts a sign-in which returns to this page.
pub(crate) fn sign_in_link(machine: &Machine, return_to: &ReturnTo) -> WayOn {
    WayOn::Go(machine.site.login_path_to(return_to.as_str()))
}

/// How a person chooses another account: by signing out at the provider, or by the provider's choice of accounts.
/// Without either, the provider would sign the same account in again.
pub(crate) fn another_account(machine: &Machine, return_to: &ReturnTo) -> Option<WayOn> {
    if machine.provider.sign_out_url.is_some() {
        let sign_out = machine.site.path_of(Endpoint::Logout);
        return Some(WayOn::Post(sign_out));
    }
    let sign_in = machine.site.login_path_to(return_to.as_str());
    let is_offered = machine.provider.account_prompt.is_some();
    is_offered.then(|| WayOn::Go(format!("{sign_in}&{ANOTHER_ACCOUNT}")))
}

/// A problem (RFC 9457) about a code.
pub(crate) fn problem(code: ErrorCode) -> Draft {
    write_problem(code, &members(code))
}

/// A problem that says where to sign in.
pub(crate) fn problem_with_login_url<H: Head>(
    machine: &Machine,
    head: &H,
    code: ErrorCode,
) -> Draft {
    let mut members = members(code);
    let return_to = page_of(&machine.site, head);
    members["login_url"] = machine.site.login_path_to(return_to.as_str()).into();
    write_problem(code, &members)
}

fn members(code: ErrorCode) -> Value {
    let subject = PageSubject::Refusal(code);
    json!({
        "type": "about:blank",
        "title": subject.title(Language::English),
        "detail": subject.text(Language::English),
        "status": code.status(),
        "code": code.as_str(),
    })
}

fn write_problem(code: ErrorCode, members: &Value) -> Draft {
    Draft::new(code.status()).typed_body("application/problem+json", members.to_string())
}
