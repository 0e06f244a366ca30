//! The writing of pages, and the policy for what browsers may load for them.
//!
//! Rules:
//! - For a page of ours, the `Content-Security-Policy` allows one style sheet, by its hash, and forms to our own
//!   origin.
//! - A page that an application writes may have styles, pictures and fonts from its own origin, but no script. The page
//!   on which a sign-in in another tab ends runs the login's own script.
//! - No frame may show a page, except one of our own origin that asked for it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::reply::page::{Page, STYLE};
use crate::request::language::Language;

/// The application's own way of writing pages.
#[derive(Clone)]
pub struct OwnPage(Arc<dyn Fn(&Page) -> String + Send + Sync>);

impl OwnPage {
    /// Takes a function that returns HTML.
    pub fn new(write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    /// The application's page, or ours if its function panics.
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

/// The writer of the pages of one site. The policy is computed once.
#[derive(Debug)]
pub(crate) struct Pages {
    own: Option<OwnPage>,
    only: Option<Language>,
    policy: String,
}

impl Pages {
    /// `only` is the one language of all pages, if there is one.
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

    /// The HTML of a page.
    pub(crate) fn html(&self, page: &Page) -> String {
        match &self.own {
            Some(own) => own.html(page),
            None => page.to_string(),
        }
    }

    /// The language of a page for a reader of this language.
    pub(crate) fn language(&self, of_reader: Language) -> Language {
        self.only.unwrap_or(of_reader)
    }

    /// The `Content-Security-Policy` of a page.
    pub(crate) fn policy(&self, page: &Page) -> String {
        let ancestors = if page.is_framed() { "'self'" } else { "'none'" };
        let script = page.script().map_or("", |_| "; script-src 'self'");
        format!("{} {ancestors}{script}", self.policy)
    }
}
