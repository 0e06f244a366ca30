//! A page whose form waits for the user.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::config::settings::Settings;
use crate::pages::words::Words;
use crate::pages::{consent_page, sign_in_page};
use crate::protocol::authorize_request::AuthorizeRequest;
use crate::state::signed_in::SignedIn;

#[derive(Clone)]
pub(crate) struct OpenPage {
    pub(crate) kind: PageKind,
    pub(crate) request: AuthorizeRequest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageKind {
    SignIn { has_failed: bool },
    Consent { user: SignedIn },
}

impl OpenPage {
    /// The page's own address.
    pub(crate) fn address(&self, token: &str) -> String {
        let path = match self.kind {
            PageKind::SignIn { .. } => "/sign-in",
            PageKind::Consent { .. } => "/consent",
        };
        format!("{path}?page={token}")
    }

    pub(crate) fn render(&self, settings: &Settings, headers: &HeaderMap, token: &str) -> Response {
        let request = &self.request;
        let words = Words::of(request.options.ui_locales.as_deref(), headers);
        match &self.kind {
            PageKind::SignIn { has_failed } => {
                sign_in_page::show(words, settings, token, request, *has_failed)
            }
            PageKind::Consent { user } => {
                consent_page::show(words, settings, token, request, &user.user)
            }
        }
    }
}
