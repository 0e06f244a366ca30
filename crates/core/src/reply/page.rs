//! A page of the login: what happened, and what the person can do.
//!
//! Rules:
//! - The HTML is self-contained. It has no script, but for the page that tells other tabs of a sign-in.
//! - Every text is escaped. Of the request, a page shows only a return address that the grammar has accepted.

use std::fmt;

use crate::reply::reference::Reference;
use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::request::language::Language;
use crate::values::error_code::ErrorCode;

/// A page of the login. `Display` writes it as HTML.
#[derive(Clone, Debug)]
pub struct Page {
    subject: PageSubject,
    language: Language,
    reference: Option<Reference>,
    /// The application's own message, in place of ours.
    message: Option<String>,
    action: Option<(WayOn, Label)>,
    /// A second, less prominent link.
    aside: Option<(String, Label)>,
    /// Whether a frame shows the page. Its links then leave the frame.
    is_framed: bool,
    /// Whether the page follows its link by itself.
    goes_on: bool,
    /// The address of the script that the page runs.
    script: Option<String>,
}

/// The main action of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WayOn {
    /// A link to this address of the application.
    Go(String),
    /// A button that posts an empty form to this address of the application.
    Post(String),
    /// A link to this address of the application, in a new tab: `target="_blank" rel="noopener"`.
    NewTab(String),
}

impl Page {
    pub(crate) fn new(subject: PageSubject) -> Self {
        Self {
            subject,
            language: Language::default(),
            reference: None,
            message: None,
            action: None,
            aside: None,
            is_framed: false,
            goes_on: false,
            script: None,
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

    /// This page, for a frame or for a tab.
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

    /// This page, which runs a script.
    pub(crate) fn running(self, script: String) -> Self {
        Self {
            script: Some(script),
            ..self
        }
    }

    /// This page in another language.
    pub(crate) fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    /// This page with the reference of its reply.
    pub(crate) fn with_reference(self, reference: Option<Reference>) -> Self {
        Self { reference, ..self }
    }

    /// The subject of the page.
    #[must_use]
    pub fn subject(&self) -> PageSubject {
        self.subject
    }

    /// The language of its texts.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The HTTP status of the page.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.code().map_or(200, ErrorCode::status)
    }

    /// Whether a frame of one of your own pages shows this page.
    ///
    /// If so, give its links and its form `target="_top"`: FNCY's pages are shown in no frame.
    #[must_use]
    pub fn is_framed(&self) -> bool {
        self.is_framed
    }

    /// The address that the page goes on to by itself, after a sign-out with `FNCY_SIGN_OUT_URL`.
    ///
    /// Write it as `<meta http-equiv="refresh" content="0; url=…">`, escaped. Also show the main action, for a browser
    /// that ignores the tag.
    #[must_use]
    pub fn goes_on_to(&self) -> Option<&str> {
        match &self.action {
            Some((WayOn::Go(address), _)) if self.goes_on => Some(address),
            _ => None,
        }
    }

    /// The address of the script that the page runs, after a sign-in in a popup or another tab.
    ///
    /// Write it as `<script type="module" src="…"></script>`, escaped. It tells the tabs that wait, and closes the popup.
    #[must_use]
    pub fn script(&self) -> Option<&str> {
        self.script.as_deref()
    }

    /// The stable error code, with which an operator can search the log. `None` if the page is about no failure.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self.subject {
            PageSubject::Refusal(code) => Some(code),
            PageSubject::FormNotSent => Some(ErrorCode::SignInRequired),
            PageSubject::SignOut
            | PageSubject::SignedIn
            | PageSubject::SignedOut
            | PageSubject::SigningOut => None,
        }
    }

    /// The reference of the refusal, which a person tells your support. The log line with the cause has it too. `None`
    /// if the page has no error code.
    #[must_use]
    pub fn reference(&self) -> Option<Reference> {
        self.reference
    }

    /// The title: what happened, in a few words.
    #[must_use]
    pub fn title(&self) -> &str {
        self.subject.title(self.language)
    }

    /// The text: what the title means, and what the person can do. It may be the message of an `on_login` that refused,
    /// so escape it.
    #[must_use]
    pub fn text(&self) -> &str {
        let own = self.message.as_deref();
        own.unwrap_or_else(|| self.subject.text(self.language))
    }

    /// The main action and its label. Escape the address, since it may have a query.
    #[must_use]
    pub fn way_on(&self) -> Option<(&WayOn, &'static str)> {
        let (action, label) = self.action.as_ref()?;
        Some((action, label.text(self.language)))
    }

    /// A second, less prominent link: its address and its label. Escape the address.
    #[must_use]
    pub fn way_out(&self) -> Option<(&str, &'static str)> {
        let (href, label) = self.aside.as_ref()?;
        Some((href, label.text(self.language)))
    }
}

/// The style sheet of our own pages.
pub(crate) const STYLE: &str = include_str!("page.css");

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
            Some((WayOn::NewTab(href), label)) => writeln!(
                f,
                "<a class=\"action\" href=\"{}\" target=\"_blank\" rel=\"noopener\">{}</a>",
                Escaped(href),
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
            write!(
                f,
                "<p class=\"code\">{}: <code>{}</code>",
                Label::Code.text(self.language),
                code.as_str()
            )?;
            if let Some(reference) = self.reference {
                let label = Label::Reference.text(self.language);
                write!(f, "<br>{label}: <code>{reference}</code>")?;
            }
            f.write_str("</p>\n")?;
        }
        if let Some(script) = self.script() {
            writeln!(
                f,
                "<script type=\"module\" src=\"{}\"></script>",
                Escaped(script)
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
    use super::{Page, WayOn};
    use crate::reply::words::label::Label;
    use crate::reply::words::subject::PageSubject;
    use crate::values::error_code::ErrorCode;

    fn refusal() -> Page {
        Page::new(PageSubject::Refusal(ErrorCode::LoginRefused))
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
    fn l13_a_page_that_goes_on_by_itself_names_the_address() {
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
}
