//! "No", in the form that fits: a page for people, problem+json (RFC 9457) for programs.
//!
//! Rule: the words, the status and the code come from the one table in `code.rs`.

use std::borrow::Cow;

use serde_json::Value;

use crate::classify::{Kind, classify};
use crate::outcome::{Reply, Report};
use crate::page::{Action, Page};
use crate::renewal::RETRY_AFTER;
use crate::return_to::ReturnTo;
use crate::step::Step;
use crate::{Code, Core, Head};

impl Core {
    /// A refusal, with a line for the operator.
    pub(crate) fn refuse<H: Head>(&self, head: &H, code: Code, detail: &'static str) -> Reply {
        let reply = match classify(head) {
            Kind::Navigation | Kind::FormPost => self.page(code, None),
            Kind::Htmx | Kind::Other => problem(code, &members(code)),
        };
        reply.report([Report::of(code, detail)])
    }

    /// 503 while nobody can say whether the session was ended.
    pub(super) fn unverified<H: Head>(&self, head: &H) -> Reply {
        let code = Code::SessionUnverified;
        let detail = "whoever knows the sessions that were ended can't be asked";
        self.busy(head, code)
            .retry_after(RETRY_AFTER)
            .report([Report::of(code, detail)])
    }

    /// 503 for a request that may succeed a moment later: people can try the same page again.
    pub(super) fn busy<H: Head>(&self, head: &H, code: Code) -> Reply {
        let reply = match classify(head) {
            Kind::Navigation => {
                let here = self.address_of(head);
                self.page_with(
                    code,
                    Some(Action::Go {
                        href: here.as_str(),
                        label: "Try again",
                    }),
                )
            }
            Kind::FormPost => self.page(code, None),
            Kind::Htmx | Kind::Other => problem(code, &members(code)),
        };
        bodiless_for_head(head, reply)
    }

    /// A failed sign-in: its page, with a way to try again, and a line for the operator.
    pub(crate) fn failure(
        &self,
        code: Code,
        detail: impl Into<Cow<'static, str>>,
        return_to: Option<&ReturnTo>,
    ) -> Reply {
        let login_url = return_to.map(|return_to| self.login_url(return_to));
        self.page(code, login_url.as_deref())
            .report([Report::of(code, detail)])
    }

    /// The application doesn't want this user, and says so in its own words.
    pub(super) fn said_no(&self, message: &str) -> Reply {
        let code = Code::LoginRefused;
        let page = Page {
            status: code.status(),
            title: code.words().title,
            text: message,
            code: Some(code.as_str()),
            action: None,
            aside: None,
        };
        let detail = "on_login refused the user";
        self.0
            .pages
            .render(&page)
            .report([Report::of(code, detail)])
    }

    pub(super) fn page(&self, code: Code, login_url: Option<&str>) -> Reply {
        let action = login_url.map(|href| Action::Go {
            href,
            label: "Sign in",
        });
        self.page_with(code, action)
    }

    fn page_with(&self, code: Code, action: Option<Action<'_>>) -> Reply {
        let words = code.words();
        let root = ReturnTo::root(&self.0.site);
        self.0.pages.render(&Page {
            status: code.status(),
            title: words.title,
            text: words.text,
            code: Some(code.as_str()),
            action,
            aside: Some((root.as_str(), "Back to the site")),
        })
    }

    pub(super) fn method_not_allowed(&self, allowed: &'static str) -> Step {
        let code = Code::MethodNotAllowed;
        let reply = problem(code, &members(code)).header("allow", allowed);
        Step::reply(reply)
    }
}

/// The members of a problem, for those who add one.
pub(super) fn members(code: Code) -> Value {
    let words = code.words();
    serde_json::json!({
        "type": "about:blank",
        "title": words.title,
        "detail": words.text,
        "status": code.status(),
        "code": code.as_str(),
    })
}

pub(super) fn problem(code: Code, members: &Value) -> Reply {
    Reply::new(code.status()).typed_body("application/problem+json", members.to_string())
}

/// HEAD is GET without a body (RFC 9110, section 9.3.2).
pub(super) fn bodiless_for_head<H: Head>(head: &H, mut reply: Reply) -> Reply {
    if head.method() == "HEAD" {
        reply.body.clear();
    }
    reply
}
