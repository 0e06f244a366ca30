//! The sign-in form: a demo user's button, or a user name and the demo password.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{Outcome, Page, PageKind, advance, denied, not_submitted, redirect, reshow, submitted};
use crate::authorize::Prompt;
use crate::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::params::Params;
use crate::provider::{Provider, lock};
use crate::settings::Settings;

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
    if form.get("decision") == Ok(Some("cancel")) {
        return denied(&provider, &page.request);
    }
    let Some(user) = chosen(&provider.settings, &form) else {
        let page = Page {
            kind: PageKind::SignIn { failed: true },
            ..page
        };
        let token = lock(&provider.browser).add_page(&provider.ids, &session, page.clone());
        return redirect(&Outcome::Page { token, page });
    };
    let session = lock(&provider.browser).sign_in(&provider.ids, &session, user.id.clone());
    // The sign-in it asked for has happened.
    let prompt = Prompt {
        login: false,
        ..page.request.prompt
    };
    session.set_on(redirect(&advance(
        &provider,
        &session,
        page.request,
        prompt,
    )))
}

fn chosen<'a>(settings: &'a Settings, form: &Params) -> Option<&'a DemoUser> {
    let value = |name| form.get(name).ok().flatten();
    if let Some(id) = value("user") {
        return settings.user(id);
    }
    let password = value("password")?;
    settings
        .user(value("username")?)
        .filter(|_| password == DEMO_PASSWORD)
}
