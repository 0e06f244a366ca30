//! A page whose form waits for the user.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::config::settings::Settings;
use crate::pages::words::Words;
use crate::pages::{consent_page, sign_in_page};
use crate::protocol::authorize_request::AuthorizeRequest;

#[derive(Clone)]
pub(crate) struct OpenPage {
    pub(crate) kind: PageKind,
    pub(crate) request: AuthorizeRequest,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageKind {
    SignIn { has_failed: bool },
    Consent { user: String },
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
        let words = Words::of(headers);
        match &self.kind {
            PageKind::SignIn { has_failed } => {
                let redirect_uri = &self.request.client.redirect_uri;
                sign_in_page::show(words, settings, token, redirect_uri, *has_failed)
            }
            PageKind::Consent { user } => {
                consent_page::show(words, settings, token, &self.request, settings.user(user))
            }
        }
    }
}
