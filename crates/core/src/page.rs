//! The pages that people meet: what happened, and a way on.
//!
//! Rules: self-contained HTML, no script; every text is escaped; nothing of the request is
//! reflected but a return address that has passed the grammar; the `Content-Security-Policy` allows
//! one style sheet, by its hash, and forms to ourselves and to the provider's sign-out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::outcome::Reply;

/// What is on a page.
pub(crate) struct Page<'a> {
    pub(crate) status: u16,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    /// For the operator whom the person asks.
    pub(crate) code: Option<&'a str>,
    pub(crate) action: Option<Action<'a>>,
    /// A second way on, less prominent: where it leads, and what it says.
    pub(crate) aside: Option<(&'a str, &'a str)>,
}

/// The way on.
pub(crate) enum Action<'a> {
    /// A link.
    Go { href: &'a str, label: &'a str },
    /// A button that posts an empty form.
    Post { path: &'a str, label: &'a str },
}

/// Makes pages; the policy is computed once.
#[derive(Debug)]
pub(crate) struct Pages {
    policy: String,
}

const STYLE: &str = include_str!("page.css");

impl Pages {
    /// `form_target` is the origin that a form's answer may redirect to, beside our own.
    pub(crate) fn new(form_target: Option<&str>) -> Self {
        let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        let target = form_target.map(|origin| format!(" {origin}"));
        let target = target.unwrap_or_default();
        Self {
            policy: format!(
                "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'{target}; \
                 base-uri 'none'; frame-ancestors 'none'"
            ),
        }
    }

    pub(crate) fn render(&self, page: &Page<'_>) -> Reply {
        // `no-referrer` would make a form's `Origin` null, and older browsers send nothing else
        // that tells our own pages from others'.
        Reply::new(page.status)
            .header("content-security-policy", self.policy.clone())
            .header("referrer-policy", "same-origin")
            .typed_body("text/html; charset=utf-8", page.to_string())
    }
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, text) = (Escaped(self.title), Escaped(self.text));
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
             <body>\n<main>\n<h1>{title}</h1>\n<p>{text}</p>\n"
        )?;
        match &self.action {
            Some(Action::Go { href, label }) => writeln!(
                f,
                "<a class=\"action\" href=\"{}\">{}</a>",
                Escaped(href),
                Escaped(label)
            )?,
            Some(Action::Post { path, label }) => writeln!(
                f,
                "<form method=\"post\" action=\"{}\"><button class=\"action\">{}</button></form>",
                Escaped(path),
                Escaped(label)
            )?,
            None => {}
        }
        if let Some((href, label)) = self.aside {
            writeln!(
                f,
                "<a class=\"aside\" href=\"{}\">{}</a>",
                Escaped(href),
                Escaped(label)
            )?;
        }
        if let Some(code) = self.code {
            writeln!(
                f,
                "<p class=\"code\">Code: <code>{}</code></p>",
                Escaped(code)
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
    use super::{Action, Page, Pages};

    #[test]
    fn every_text_is_escaped() {
        let hostile = "<script>\"'&";
        let page = Page {
            status: 400,
            title: hostile,
            text: hostile,
            code: Some(hostile),
            action: Some(Action::Go {
                href: hostile,
                label: hostile,
            }),
            aside: Some((hostile, hostile)),
        };
        let html = page.to_string();
        assert!(!html.contains("<script>"), "{html}");
        assert_eq!(html.matches("&lt;script&gt;&quot;&#39;&amp;").count(), 8);
    }

    #[test]
    fn the_policy_allows_nothing_but_our_style_and_forms() {
        let page = Page {
            status: 200,
            title: "t",
            text: "t",
            code: None,
            action: None,
            aside: None,
        };
        let reply = Pages::new(Some("https://fncy.example")).render(&page);
        let (_, policy) = reply
            .headers
            .iter()
            .find(|(name, _)| *name == "content-security-policy")
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(
            policy.contains("form-action 'self' https://fncy.example;"),
            "{policy}"
        );
    }
}
