//! "No", in the form that fits: a page for people, problem+json (RFC 9457) for programs.
//!
//! Rule: code and status come from the one table in `code.rs`, the words from `words`. A program is told
//! in English: its texts are for developers, and its `code` is what is stable.

use std::borrow::Cow;

use serde_json::Value;

use crate::core::Core;
use crate::provider::answer::DEFAULT_RETRY_AFTER;
use crate::reply::event::Event;
use crate::reply::format::ReplyFormat;
use crate::reply::outcome::{Reply, Report};
use crate::reply::page::{Page, WayOn};
use crate::reply::words::{Label, PageSubject};
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::language::Language;
use crate::request::request_paths::RequestPaths;
use crate::request::return_to::ReturnTo;
use crate::request::site::Endpoint;
use crate::step::Step;
use crate::values::code::ErrorCode;

/// Asks `/auth/login` for the choice of another account.
pub(crate) const ANOTHER_ACCOUNT: &str = "account=another";

impl Core {
    /// A refusal, with a line for the operator.
    pub(crate) fn refuse<H: Head>(&self, head: &H, code: ErrorCode, detail: &'static str) -> Reply {
        let kind = self.kind_of(head);
        let reply = match kind {
            Kind::Navigation | Kind::FormPost | Kind::Frame => {
                let page = self.page_about(code).framed(kind == Kind::Frame);
                let way_on = (code == ErrorCode::Forbidden).then(|| {
                    let return_to = match kind {
                        Kind::Navigation => self.address_of(head),
                        _ => self.page_of(head),
                    };
                    self.another_account(&return_to)
                });
                Reply::page(match way_on.flatten() {
                    Some(way_on) => page.action(way_on, Label::AnotherAccount),
                    None => page,
                })
            }
            Kind::Htmx | Kind::Inertia | Kind::Other => problem(code, &members(code)),
        };
        reply
            .report([Report::of(code, detail)])
            .event([Event::RequestRefused(code)])
    }

    /// 503 while nobody can say whether the session was ended.
    pub(crate) fn unverified<H: Head>(&self, head: &H) -> Reply {
        let code = ErrorCode::SessionUnverified;
        let detail = "whoever knows the sessions that were ended can't be asked";
        self.busy(head, code)
            .retry_after(DEFAULT_RETRY_AFTER)
            .report([Report::of(code, detail)])
    }

    /// 503 for a request that may succeed a moment later: people can try the same page again. If waiting
    /// mends nothing, a new sign-in does, so that each of these says where to begin one.
    pub(crate) fn busy<H: Head>(&self, head: &H, code: ErrorCode) -> Reply {
        let kind = self.kind_of(head);
        match kind {
            Kind::Navigation => {
                let here = self.address_of(head);
                let again = WayOn::Go(here.as_str().to_owned());
                let page = self.page_about(code).action(again, Label::TryAgain);
                Reply::page(page.aside(&self.login_url(&here), Label::SignIn))
            }
            Kind::FormPost | Kind::Frame => {
                let sign_in = WayOn::Go(self.login_url(&self.page_of(head)));
                let page = self.page_about(code).action(sign_in, Label::SignIn);
                Reply::page(page.framed(kind == Kind::Frame))
            }
            Kind::Htmx | Kind::Inertia | Kind::Other => self.problem_with_login_url(head, code),
        }
        .event([Event::RequestRefused(code)])
    }

    /// How a request asks, and so how it is refused: where the application has only programs as callers,
    /// nobody is sent anywhere.
    pub(crate) fn kind_of<H: Head>(&self, head: &H) -> Kind {
        match classify(head) {
            Kind::Navigation | Kind::FormPost | Kind::Frame if self.is_api(head) => Kind::Other,
            kind => kind,
        }
    }

    fn is_api<H: Head>(&self, head: &H) -> bool {
        RequestPaths::of(head, &self.0.site).any(|path| self.0.paths.is_api(path))
    }

    /// A failed sign-in: its page, with a way to try again, and a line for the operator.
    pub(crate) fn sign_in_failed(
        &self,
        code: ErrorCode,
        detail: impl Into<Cow<'static, str>>,
        return_to: &ReturnTo,
    ) -> Reply {
        self.page(code, Some(self.login_url(return_to)))
            .report([Report::of(code, detail)])
            .event([Event::SignInFailed(code)])
    }

    /// A sign-in that did not come to its end within the request's deadline.
    #[must_use]
    pub fn unfinished(&self) -> Reply {
        let detail = "the code's redemption did not end in time";
        let root = ReturnTo::root(&self.0.site);
        let reply = self.sign_in_failed(ErrorCode::ProviderUnavailable, detail, &root);
        let reply = reply.retry_after(DEFAULT_RETRY_AFTER);
        ReplyFormat::default().address(&self.0.pages, reply)
    }

    /// A callback that was sent to another path on its way, and would start a login that ends the same way.
    pub(crate) fn misplaced(&self) -> Reply {
        let code = ErrorCode::InvalidCallback;
        let detail = "a callback came to another path than that of the redirect URI: set FNCY_BASE_STRIPPED=1 where a proxy strips the sub-path, and nowhere else";
        self.page(code, None)
            .report([Report::warning(code.as_str(), detail)])
            .event([Event::SignInFailed(code)])
    }

    /// A request that can't go on, whatever its user does: a page, and a line for the operator.
    pub(crate) fn failure(&self, code: ErrorCode, detail: &'static str) -> Reply {
        self.page(code, None)
            .report([Report::of(code, detail)])
            .event([Event::RequestRefused(code)])
    }

    /// The application doesn't want this user, and says so in its own words. They may be somebody else
    /// as well.
    pub(crate) fn said_no(&self, message: &str, return_to: &ReturnTo) -> Reply {
        let code = ErrorCode::LoginRefused;
        let page = self.page_about(code).message(message);
        let page = match self.another_account(return_to) {
            Some(way_on) => page.action(way_on, Label::AnotherAccount),
            None => page.action(WayOn::Go(self.login_url(return_to)), Label::SignIn),
        };
        let detail = "on_login refused the user";
        Reply::page(page)
            .report([Report::of(code, detail)])
            .event([Event::SignInFailed(code)])
    }

    /// How a person becomes somebody else: by leaving the authorization server, or by its choice of accounts.
    /// Without either they would be let in again as who they are.
    fn another_account(&self, return_to: &ReturnTo) -> Option<WayOn> {
        let machine = &*self.0;
        if machine.provider.sign_out_url.is_some() {
            let sign_out = machine.site.path_of(Endpoint::Logout);
            return Some(WayOn::Post(sign_out));
        }
        let choice = format!("{}&{ANOTHER_ACCOUNT}", self.login_url(return_to));
        let is_offered = machine.provider.account_prompt.is_some();
        is_offered.then_some(WayOn::Go(choice))
    }

    pub(crate) fn page(&self, code: ErrorCode, login_url: Option<String>) -> Reply {
        let page = self.page_about(code);
        Reply::page(match login_url {
            Some(login_url) => page.action(WayOn::Go(login_url), Label::SignIn),
            None => page,
        })
    }

    pub(crate) fn page_about(&self, code: ErrorCode) -> Page {
        let root = ReturnTo::root(&self.0.site);
        Page::new(PageSubject::Refusal(code)).aside(root.as_str(), Label::Back)
    }

    /// A refusal for programs that says where to sign in.
    pub(crate) fn problem_with_login_url<H: Head>(&self, head: &H, code: ErrorCode) -> Reply {
        let mut members = members(code);
        members["login_url"] = self.login_url(&self.page_of(head)).into();
        problem(code, &members)
    }

    pub(crate) fn method_not_allowed(&self, allowed: &'static str) -> Step {
        let code = ErrorCode::MethodNotAllowed;
        let reply = problem(code, &members(code))
            .header("allow", allowed)
            .event([Event::RequestRefused(code)]);
        Step::reply(reply)
    }
}

/// The members of a problem.
fn members(code: ErrorCode) -> Value {
    let subject = PageSubject::Refusal(code);
    serde_json::json!({
        "type": "about:blank",
        "title": subject.title(Language::English),
        "detail": subject.text(Language::English),
        "status": code.status(),
        "code": code.as_str(),
    })
}

fn problem(code: ErrorCode, members: &Value) -> Reply {
    Reply::new(code.status()).typed_body("application/problem+json", members.to_string())
}
