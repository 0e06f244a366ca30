//! A page that waits for its form to be submitted.

use crate::authorize::AuthorizeRequest;

#[derive(Clone)]
pub(crate) struct Page {
    pub(crate) kind: PageKind,
    pub(crate) request: AuthorizeRequest,
}

#[derive(Clone)]
pub(crate) enum PageKind {
    SignIn { failed: bool },
    Consent { user: String },
}

impl Page {
    pub(super) fn path(&self, token: &str) -> String {
        let path = match self.kind {
            PageKind::SignIn { .. } => "/sign-in",
            PageKind::Consent { .. } => "/consent",
        };
        format!("{path}?page={token}")
    }
}
