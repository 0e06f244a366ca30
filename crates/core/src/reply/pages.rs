//! How pages are written: our own or the application's, and what browsers may load for them.
//!
//! Rules: the `Content-Security-Policy` allows one style sheet, by its hash, and forms to ourselves. A page that an
//! application writes has its styles, pictures and fonts from its own origin, and no script. No frame shows a page; a
//! frame of our own origin shows the page that answers it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{SHA256, digest};

use crate::reply::page::{Page, STYLE};
use crate::request::language::Language;

/// How an application writes its own pages, in place of ours.
#[derive(Clone)]
pub struct OwnPage(Arc<dyn Fn(&Page) -> String + Send + Sync>);

impl OwnPage {
    /// From a function that gives HTML.
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

/// What writes the pages of one site. The policy is computed once.
#[derive(Debug)]
pub(crate) struct Pages {
    own: Option<OwnPage>,
    only: Option<Language>,
    policy: String,
}

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

    /// The HTML of a page.
    pub(crate) fn html(&self, page: &Page) -> String {
        match &self.own {
            Some(own) => own.html(page),
            None => page.to_string(),
        }
    }

    /// The language of a page for a reader of this one.
    pub(crate) fn language(&self, of_reader: Language) -> Language {
        self.only.unwrap_or(of_reader)
    }

    /// What a browser may load for a page.
    pub(crate) fn policy(&self, is_framed: bool) -> String {
        let ancestors = if is_framed { "'self'" } else { "'none'" };
        format!("{} {ancestors}", self.policy)
    }
}
