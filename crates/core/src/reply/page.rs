//! The pages that people meet: what happened, and a way on.
//!
//! Rules: self-contained HTML, no script; every text is escaped; nothing of the request is
//! reflected but a return address that has passed the grammar; the `Content-Security-Policy` allows
//! one style sheet, by its hash, and forms to ourselves. A page that an application makes itself has its
//! styles, pictures and fonts from its own origin, and no script. No frame shows a page, but one of our own
//! origin shows the page that is an answer to that frame.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::reply::outcome::Reply;
use crate::reply::words::{Label, PageSubject};
use crate::request::language::Language;
use crate::values::code::ErrorCode;

/// A page that a person meets. `Display` writes our own HTML.
#[derive(Clone, Debug)]
pub struct Page {
    subject: PageSubject,
    language: Language,
    /// The application's own words, in place of ours.
    message: Option<String>,
    action: Option<(WayOn, Label)>,
    /// A second way on, less prominent.
    aside: Option<(String, Label)>,
    /// Whether a frame shows it, which its links leave.
    is_framed: bool,
    /// Whether it takes its way on by itself.
    goes_on: bool,
}

/// The way on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WayOn {
    /// A link to this address of the application.
    Go(String),
    /// A button that posts an empty form to this address of the application.
    Post(String),
}

/// How an application writes its own pages, in place of ours.
#[derive(Clone)]
pub struct OwnPage(Arc<dyn Fn(&Page) -> String + Send + Sync>);

impl OwnPage {
    /// From a function that gives HTML.
    pub fn new(write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// Ours, where the application's panics: nobody can be let in or out without one.
    fn html(&self, page: &Page) -> String {
        let own = catch_unwind(AssertUnwindSafe(|| (self.0)(page)));
        own.unwrap_or_else(|_| page.to_string())
    }
}

impl fmt::Debug for OwnPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnPage(..)")
    }
}

impl Page {
    pub(crate) fn new(subject: PageSubject) -> Self {
        Self {
            subject,
            language: Language::default(),
            message: None,
            action: None,
            aside: None,
            is_framed: false,
            goes_on: false,
        }
    }

    pub(crate) fn message(self, message: &str) -> Self {
        Self {
            message: Some(message.to_owned()),
            ..self
        }
    }

    pub(crate) fn action(self, action: WayOn, label: Label) -> Self {
        Self {
            action: Some((action, label)),
            ..self
        }
    }

    pub(crate) fn aside(self, href: &str, label: Label) -> Self {
        Self {
            aside: Some((href.to_owned(), label)),
            ..self
        }
    }

    /// This page, in a frame if that is where it is shown.
    pub(crate) fn framed(self, is_framed: bool) -> Self {
        Self { is_framed, ..self }
    }

    /// This page, which goes on to an address by itself.
    pub(crate) fn going_on(self, address: &str, label: Label) -> Self {
        Self {
            goes_on: true,
            ..self.action(WayOn::Go(address.to_owned()), label)
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> PageSubject {
        self.subject
    }

    /// The language of its words.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The HTTP status that it comes with.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code().map_or(200, ErrorCode::status)
    }

    /// Whether a frame of one of your own pages shows it: give its links and its form `target="_top"`, since the
    /// authorization server's pages are shown in no frame.
    #[must_use]
    pub fn is_framed(&self) -> bool {
        self.is_framed
    }

    /// The address that the page goes on to by itself: write it as `<meta http-equiv="refresh" content="0; url=…">`,
    /// escaped, and the way on beside it for a browser that doesn't. Set where a sign-out goes on to
    /// `FNCY_SIGN_OUT_URL`.
    #[must_use]
    pub fn goes_on_to(&self) -> Option<&str> {
        match &self.action {
            Some((WayOn::Go(address), _)) if self.goes_on => Some(address),
            _ => None,
        }
    }

    /// A stable code that an operator can search the log for; none where nothing went wrong.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.subject {
            PageSubject::Refusal(code) => Some(code),
            PageSubject::SignOut | PageSubject::SignedOut | PageSubject::SigningOut => None,
        }
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        self.subject.title(self.language)
    }

    /// What it means, and what can be done. It may be the message of an `on_login` that refused: escape
    /// it.
    #[must_use]
    pub fn text(&self) -> &str {
        let own = self.message.as_deref();
        own.unwrap_or_else(|| self.subject.text(self.language))
    }

    /// The way on, and what to write on it. Escape the address: it may have a query.
    #[must_use]
    pub fn way_on(&self) -> Option<(&WayOn, &'static str)> {
        let (action, label) = self.action.as_ref()?;
        Some((action, label.text(self.language)))
    }

    /// A second, less prominent link: its address, and what to write on it.
    #[must_use]
    pub fn way_out(&self) -> Option<(&str, &'static str)> {
        let (href, label) = self.aside.as_ref()?;
        Some((href, label.text(self.language)))
    }
}

/// Makes pages; the policy is computed once.
#[derive(Debug)]
pub(crate) struct Pages {
    own: Option<OwnPage>,
    only: Option<Language>,
    policy: String,
}

const STYLE: &str = include_str!("page.css");

impl Pages {
    /// `only` is the language of all pages.
    pub(crate) fn new(own: Option<OwnPage>, only: Option<Language>) -> Self {
        let sources = if own.is_some() {
            "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'".to_owned()
        } else {
            let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
            format!("style-src 'sha256-{hash}'")
        };
        Self {
            own,
            only,
            policy: format!(
                "default-src 'none'; {sources}; form-action 'self'; base-uri 'none'; frame-ancestors"
            ),
        }
    }

    /// Writes the page of a reply, if it has one, for somebody who reads this language.
    pub(crate) fn write(&self, mut reply: Reply, language: Language) -> Reply {
        let page = reply.page.take();
        let (framing, ancestors) = match &page {
            Some(page) if page.is_framed => ("SAMEORIGIN", "'self'"),
            _ => ("DENY", "'none'"),
        };
        // Of no other site, not even of a sibling: what loads and what doesn't says who is signed in.
        let reply = reply
            .header("cross-origin-resource-policy", "same-origin")
            .header("x-frame-options", framing);
        let Some(mut page) = page else {
            return reply;
        };
        page.language = self.only.unwrap_or(language);
        let html = match &self.own {
            Some(own) => own.html(&page),
            None => page.to_string(),
        };
        // `no-referrer` would make a form's `Origin` null, and older browsers send nothing else
        // that tells our own pages from others'.
        reply
            .header(
                "content-security-policy",
                format!("{} {ancestors}", self.policy),
            )
            .header("referrer-policy", "same-origin")
            .header("content-language", page.language.tag())
            .typed_body("text/html; charset=utf-8", html)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, text) = (Escaped(self.title()), Escaped(self.text()));
        write!(
            f,
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n",
            self.language.tag()
        )?;
        if let Some(address) = self.goes_on_to() {
            writeln!(
                f,
                "<meta http-equiv=\"refresh\" content=\"0; url={}\">",
                Escaped(address)
            )?;
        }
        write!(
            f,
            "</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{text}</p>\n"
        )?;
        let target = if self.is_framed {
            " target=\"_top\""
        } else {
            ""
        };
        match self.way_on() {
            Some((WayOn::Go(href), label)) => writeln!(
                f,
                "<a class=\"action\" href=\"{}\"{target}>{}</a>",
                Escaped(href),
                Escaped(label)
            )?,
            Some((WayOn::Post(path), label)) => writeln!(
                f,
                "<form method=\"post\" action=\"{}\"{target}><button class=\"action\">{}</button></form>",
                Escaped(path),
                Escaped(label)
            )?,
            None => {}
        }
        if let Some((href, label)) = self.way_out() {
            writeln!(
                f,
                "<a class=\"aside\" href=\"{}\"{target}>{}</a>",
                Escaped(href),
                Escaped(label)
            )?;
        }
        if let Some(code) = self.code() {
            writeln!(
                f,
                "<p class=\"code\">{}: <code>{}</code></p>",
                Label::Code.text(self.language),
                code.as_str()
            )?;
        }
        f.write_str("</main>\n</body>\n</html>\n")
    }
}

/// Text in HTML, in an element or in a quoted attribute.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                other => write!(f, "{other}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{OwnPage, Page, Pages, WayOn};
    use crate::reply::outcome::Reply;
    use crate::reply::words::{Label, PageSubject};
    use crate::request::language::Language;
    use crate::values::code::ErrorCode;

    fn refusal() -> Page {
        Page::new(PageSubject::Refusal(ErrorCode::LoginRefused))
    }

    fn header<'a>(reply: &'a Reply, name: &str) -> &'a str {
        let mut headers = reply.headers.iter();
        let (_, value) = headers.find(|(found, _)| found == name).unwrap();
        value
    }

    #[test]
    fn every_text_is_escaped() {
        let hostile = "<script>\"'&";
        let page = refusal()
            .message(hostile)
            .action(WayOn::Go(hostile.to_owned()), Label::SignIn)
            .aside(hostile, Label::Back);
        let html = page.to_string();
        assert!(!html.contains("<script>"), "{html}");
        assert_eq!(html.matches("&lt;script&gt;&quot;&#39;&amp;").count(), 3);
    }

    #[test]
    fn the_policy_allows_nothing_but_our_style_and_forms() {
        let pages = Pages::new(None, None);
        let reply = pages.write(Reply::page(refusal()), Language::English);
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
    fn r26_a_page_in_a_frame_is_for_our_own_pages_and_leaves_it() {
        let page = refusal()
            .action(WayOn::Post("/out".to_owned()), Label::SignOut)
            .aside("/", Label::Back);
        for is_framed in [false, true] {
            let pages = Pages::new(None, None);
            let page = page.clone().framed(is_framed);
            let reply = pages.write(Reply::page(page), Language::English);
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
    fn l13_a_page_that_goes_on_says_where() {
        let page =
            Page::new(PageSubject::SigningOut).going_on("https://x.example/?a&b", Label::Continue);
        assert_eq!(page.goes_on_to(), Some("https://x.example/?a&b"));
        let html = page.to_string();
        let refresh = "<meta http-equiv=\"refresh\" content=\"0; url=https://x.example/?a&amp;b\">";
        assert!(html.contains(refresh), "{html}");
        assert_eq!(
            refusal()
                .action(WayOn::Go("/".to_owned()), Label::Back)
                .goes_on_to(),
            None
        );
    }

    #[test]
    fn a_page_is_written_in_the_readers_language() {
        let pages = Pages::new(None, None);
        let reply = pages.write(Reply::page(refusal()), Language::Korean);
        assert_eq!(header(&reply, "content-language"), "ko");
        assert!(reply.body.contains("<html lang=\"ko\">"), "{}", reply.body);
        assert!(reply.body.contains("여기에는 로그인할 수 없습니다"));
        assert!(reply.body.contains("코드: <code>login_refused</code>"));
    }

    #[test]
    fn an_applications_own_page_has_no_script() {
        let own = OwnPage::new(|page| format!("{} {}", page.status(), page.title()));
        let pages = Pages::new(Some(own), None);
        let reply = pages.write(Reply::page(refusal()), Language::English);
        assert_eq!(reply.status, 403);
        assert_eq!(reply.body, "403 You can't sign in here");
        let policy = header(&reply, "content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("script-src"), "{policy}");
    }

    #[test]
    fn an_own_page_that_panics_is_ours() {
        let pages = Pages::new(Some(OwnPage::new(|_| panic!("no page"))), None);
        let reply = pages.write(Reply::page(refusal()), Language::English);
        assert!(reply.body.contains("login_refused"), "{}", reply.body);
    }
}
