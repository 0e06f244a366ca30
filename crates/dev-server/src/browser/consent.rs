//! The consent form: allow, cancel, or sign in as somebody else.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{
    Outcome, Page, PageKind, denied, not_submitted, redirect, reshow, see_other, submitted,
};
use crate::authorize::code_url;
use crate::pages;
use crate::params::Params;
use crate::provider::{Provider, lock};

pub(crate) async fn show(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    reshow(&provider, &headers, query.as_deref())
}

pub(crate) async fn submit(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Params::from_form(&body);
    let Some((session, page)) = submitted(&provider, &headers, &form) else {
        return not_submitted(&provider, &headers, &form);
    };
    let PageKind::Consent { user } = page.kind else {
        return pages::error::expired();
    };
    match form.get("decision") {
        Ok(Some("allow")) => {
            lock(&provider.browser).consent(&user, &page.request.scope);
            see_other(&code_url(&provider, &page.request, &user))
        }
        Ok(Some("switch")) => {
            let page = Page {
                kind: PageKind::SignIn { failed: false },
                request: page.request,
            };
            let token = lock(&provider.browser).add_page(&provider.ids, &session, page.clone());
            redirect(&Outcome::Page { token, page })
        }
        _ => denied(&provider, &page.request),
    }
}
