//! Drafts: replies that are not yet written for their readers.
//!
//! Rules:
//! - A [`Draft`] becomes a [`Reply`] in one place, where the reader's language and format are known. So no state can
//!   send a page that is not written.
//! - There, a reply with a code gets its reference. So it is the same in the body, the log and the event.
//!
//! The reply is boxed from the start, since a draft is moved at each step.

use std::borrow::Cow;

use crate::provider::answer::DEFAULT_RETRY_AFTER;
use crate::provider::exchange::Revoke;
use crate::provider::tokens::SessionTokens;
use crate::reply::event::Event;
use crate::reply::format::ReplyFormat;
use crate::reply::page::Page;
use crate::reply::pages::Pages;
use crate::reply::problem::Problem;
use crate::reply::reference::References;
use crate::reply::reply::{Ending, PRIVATE, Reply};
use crate::reply::subject::Subject;
use crate::session::user::User;
use crate::values::error_code::ErrorCode;
use crate::values::report::{Report, Severity};

/// A reply that is not yet written for its reader.
pub(crate) struct Draft {
    reply: Box<Reply>,
    /// What becomes the body.
    unwritten: Option<Unwritten>,
}

enum Unwritten {
    Page(Box<Page>),
    Problem(Problem),
}

impl Draft {
    /// A reply that no cache stores.
    pub(crate) fn new(status: u16) -> Self {
        Self::for_caches(status, PRIVATE)
    }

    /// A reply that is the same for everyone, with this `Cache-Control`.
    pub(crate) fn cached(cache_control: &'static str) -> Self {
        Self::for_caches(200, cache_control)
    }

    fn for_caches(status: u16, cache_control: &'static str) -> Self {
        let draft = Self {
            reply: Box::new(Reply::new(status)),
            unwritten: None,
        };
        draft.header("cache-control", cache_control)
    }

    /// A page that no cache stores.
    pub(crate) fn page(page: Page) -> Self {
        let draft = Self::new(page.status());
        Self {
            unwritten: Some(Unwritten::Page(Box::new(page))),
            ..draft
        }
    }

    /// A problem that no cache stores, perhaps with the address of a sign-in.
    pub(crate) fn problem(code: ErrorCode, login_url: Option<String>) -> Self {
        let draft = Self::new(code.status()).content_type("application/problem+json");
        Self {
            unwritten: Some(Unwritten::Problem(Problem { code, login_url })),
            ..draft
        }
    }

    /// A redirect with status 303. After any method, the browser goes on with GET (RFC 9110, section 15.4.4).
    pub(crate) fn see_other(location: impl Into<String>) -> Self {
        Self::new(303).header("location", location.into())
    }

    pub(crate) fn header(
        mut self,
        name: &'static str,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.reply.header(name, value);
        self
    }

    pub(crate) fn cookies(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        for line in lines {
            self.reply.header("set-cookie", line);
        }
        self
    }

    /// The same reply, whose reports have at most this severity.
    pub(crate) fn at_most(mut self, severity: Severity) -> Self {
        for report in &mut self.reply.reports {
            report.severity = report.severity.min(severity);
        }
        self
    }

    pub(crate) fn report(mut self, reports: impl IntoIterator<Item = Report>) -> Self {
        self.reply.reports.extend(reports);
        self
    }

    pub(crate) fn event(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        for event in events {
            if let Event::RequestRefused(code) | Event::SignInFailed(code) = event {
                self.reply.code = Some(code);
            }
            self.reply.events.push(event);
        }
        self
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header("retry-after", seconds.to_string())
    }

    /// Says whom the events are about.
    pub(crate) fn about(mut self, subject: impl Into<Subject>) -> Self {
        self.reply.subject = Some(subject.into());
        self
    }

    pub(crate) fn begins(mut self, user: User) -> Self {
        self.reply.begins = Some(user);
        self
    }

    pub(crate) fn keeps(mut self, user: User, tokens: &SessionTokens) -> Self {
        self.reply.keeps = Some(Box::new((user, tokens.clone())));
        self
    }

    pub(crate) fn ending(mut self, endings: impl IntoIterator<Item = Ending>) -> Self {
        self.reply.endings.extend(endings);
        self
    }

    /// Revokes a token that no session keeps.
    pub(crate) fn revoking(self, revoke: Option<Revoke>) -> Self {
        self.ending(revoke.map(|revoke| Ending {
            session: None,
            revoke: Some(revoke),
        }))
    }

    pub(crate) fn typed_body(mut self, content_type: &'static str, body: String) -> Self {
        self.reply.body = body;
        self.content_type(content_type)
    }

    fn content_type(self, content_type: &'static str) -> Self {
        self.header("content-type", content_type)
            .header("x-content-type-options", "nosniff")
    }

    /// Writes the reply for its reader.
    pub(crate) fn write(
        self,
        pages: &Pages,
        references: &References,
        format: ReplyFormat,
    ) -> Box<Reply> {
        let is_framed = matches!(&self.unwritten, Some(Unwritten::Page(page)) if page.is_framed());
        let reference = self.reply.code.map(|_| references.next());
        // No other site may load a reply, not even a sibling. Whether it loads would tell who is signed in.
        let mut draft = self
            .header("cross-origin-resource-policy", "same-origin")
            .header(
                "x-frame-options",
                if is_framed { "SAMEORIGIN" } else { "DENY" },
            );
        draft.reply.reference = reference;
        let mut headers = draft.reply.headers.iter();
        if draft.reply.status == 503 && !headers.any(|(name, _)| name == "retry-after") {
            draft = draft.retry_after(DEFAULT_RETRY_AFTER);
        }
        match draft.unwritten.take() {
            Some(Unwritten::Page(page)) => {
                let language = pages.language(format.language());
                // With `no-referrer`, a form's `Origin` would be null. Older browsers send no other header that tells
                // our own pages from those of other sites.
                draft = draft
                    .header("content-security-policy", pages.policy(&page))
                    .header("referrer-policy", "same-origin")
                    .header("content-language", language.tag())
                    .typed_body(
                        "text/html; charset=utf-8",
                        pages.html(&page.in_language(language).with_reference(reference)),
                    );
            }
            Some(Unwritten::Problem(problem)) => {
                draft.reply.body = problem.json(reference.as_ref());
            }
            None => {}
        }
        format.apply(draft.reply)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::RandomState;

    use super::Draft;
    use crate::reply::format::ReplyFormat;
    use crate::reply::page::{Page, WayOn};
    use crate::reply::pages::{OwnPage, Pages};
    use crate::reply::reference::References;
    use crate::reply::reply::Reply;
    use crate::reply::words::label::Label;
    use crate::reply::words::subject::PageSubject;
    use crate::request::language::Language;
    use crate::values::error_code::ErrorCode;

    fn refusal() -> Page {
        Page::new(PageSubject::Refusal(ErrorCode::LoginRefused))
    }

    fn written(pages: &Pages, page: Page, language: Language) -> Box<Reply> {
        let references = References::new(RandomState::new());
        Draft::page(page).write(pages, &references, ReplyFormat::in_language(language))
    }

    fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
        let mut headers = reply.headers.iter();
        let (_, value) = headers.find(|(found, _)| found == name).unwrap();
        value
    }

    #[test]
    fn the_policy_allows_nothing_but_our_style_and_forms() {
        let pages = Pages::new(None, None);
        let reply = written(&pages, refusal(), Language::English);
        let policy = header(&reply, "content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.ends_with("form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
            "{policy}"
        );
    }

    #[test]
    fn r26_a_framed_page_is_for_our_own_origin_and_its_links_leave_the_frame() {
        let page = refusal()
            .action(WayOn::Post("/out".to_owned()), Label::SignOut)
            .aside("/", Label::Back);
        for is_framed in [false, true] {
            let pages = Pages::new(None, None);
            let page = page.clone().framed(is_framed);
            let reply = written(&pages, page, Language::English);
            let policy = header(&reply, "content-security-policy");
            assert_eq!(
                policy.ends_with("frame-ancestors 'self'"),
                is_framed,
                "{policy}"
            );
            let expected = if is_framed { "SAMEORIGIN" } else { "DENY" };
            assert_eq!(header(&reply, "x-frame-options"), expected);
            let targets = reply.body.matches(" target=\"_top\">").count();
            assert_eq!(targets, if is_framed { 2 } else { 0 }, "{}", reply.body);
        }
    }

    #[test]
    fn a_page_is_written_in_the_readers_language() {
        let pages = Pages::new(None, None);
        let reply = written(&pages, refusal(), Language::Korean);
        assert_eq!(header(&reply, "content-language"), "ko");
        assert!(reply.body.contains("<html lang=\"ko\">"), "{}", reply.body);
        assert!(reply.body.contains("이 사이트에 로그인할 수 없어요"));
        assert!(reply.body.contains("코드: <code>login_refused</code>"));
    }

    #[test]
    fn an_applications_own_page_has_no_script() {
        let own = OwnPage::new(|page| format!("{} {}", page.status(), page.title()));
        let pages = Pages::new(Some(own), None);
        let reply = written(&pages, refusal(), Language::English);
        assert_eq!(reply.status, 403);
        assert_eq!(reply.body, "403 You can't sign in here");
        let policy = header(&reply, "content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
    }

    #[test]
    fn if_an_own_page_panics_ours_takes_its_place() {
        let pages = Pages::new(Some(OwnPage::new(|_| panic!("no page"))), None);
        let reply = written(&pages, refusal(), Language::English);
        assert!(reply.body.contains("login_refused"), "{}", reply.body);
    }
}
