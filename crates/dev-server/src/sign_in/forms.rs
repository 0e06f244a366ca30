//! The sign-in form and the consent form.
//!
//! A page of an old session or a page that was used restarts its authorization request: see
//! [`restart`].

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::config::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::config::settings::Settings;
use crate::pages::error_page;
use crate::protocol::authorize_request::AuthorizeRequest;
use crate::protocol::params::Params;
use crate::protocol::refusal::Refusal;
use crate::sign_in::authorization_response::code_url;
use crate::sign_in::flow::{Flow, Outcome};
use crate::sign_in::open_page::PageKind;
use crate::sign_in::session_cookie::SessionCookie;
use crate::state::signed_in::SignedIn;
use crate::system::lock::lock;

const DENIED: Refusal = Refusal::new("access_denied", "The user denied the request.");

/// Shows a page by its token, after a redirect or a reload.
pub(crate) async fn show(State(flow): State<Arc<Flow>>, headers: HeaderMap, uri: Uri) -> Response {
    let query = Params::from_query(&uri);
    let token = value(&query, "page").unwrap_or_default();
    let page = {
        let browsers = lock(&flow.browsers);
        let session = browsers.session(&headers);
        session.and_then(|session| browsers.page(&session, token))
    };
    page.map_or_else(
        || restart(&flow, &headers, token),
        |page| page.render(&flow.provider.settings, &headers, token),
    )
}

/// Submits the form of a page. The page decides which form it is.
pub(crate) async fn submit(
    State(flow): State<Arc<Flow>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Params::from_form(&body);
    let token = value(&form, "token").unwrap_or_default();
    let submitted = {
        let mut browsers = lock(&flow.browsers);
        let session = browsers.session(&headers);
        session.and_then(|session| {
            browsers
                .take_page(&session, token)
                .map(|page| (session, page))
        })
    };
    let Some((session, page)) = submitted else {
        return restart(&flow, &headers, token);
    };
    match page.kind {
        PageKind::SignIn { .. } => sign_in(&flow, &session, page.request, &form),
        PageKind::Consent { user } => {
            consent(&flow, &session, page.request, user, &form).redirect()
        }
    }
}

/// Starts the request of an old or used page again, for the user of the browser's session.
///
/// A link to the authorization endpoint does the same, so this needs no protection by the token. The
/// other fields of the form are ignored.
fn restart(flow: &Flow, headers: &HeaderMap, token: &str) -> Response {
    let known = {
        let browsers = lock(&flow.browsers);
        let session = browsers.session(headers);
        session
            .filter(|session| browsers.user(session).is_some())
            .zip(browsers.request(token))
    };
    known.map_or_else(error_page::expired, |(session, request)| {
        flow.advance(&session, request, false).redirect()
    })
}

/// Signs in with a demo user's button, or with user name and password.
fn sign_in(
    flow: &Flow,
    session: &SessionCookie,
    request: AuthorizeRequest,
    form: &Params,
) -> Response {
    if value(form, "decision") == Some("cancel") {
        return flow.refuse(&request, &DENIED).redirect();
    }
    let Some(user) = chosen_user(&flow.provider.settings, form) else {
        let kind = PageKind::SignIn { has_failed: true };
        return flow.show(session, request, kind).redirect();
    };
    let now = flow.provider.settings.clock.unix_seconds();
    let session = {
        let mut browsers = lock(&flow.browsers);
        let continues = value(form, "user").is_some()
            && browsers.user(session).is_some_and(|current| {
                let needs_new = request.options.needs_new_sign_in(current.auth_time, now);
                current.user == user.id && !needs_new
            });
        if continues {
            session.clone()
        } else {
            browsers.close(session);
            let user = SignedIn {
                user: user.id.clone(),
                auth_time: now,
            };
            browsers.open(&flow.provider.ids, Some(user))
        }
    };
    session.set_on(flow.advance(&session, request, true).redirect())
}

fn chosen_user<'a>(settings: &'a Settings, form: &Params) -> Option<&'a DemoUser> {
    if let Some(id) = value(form, "user") {
        return settings.user(id);
    }
    let password = value(form, "password")?;
    settings
        .user(value(form, "username")?)
        .filter(|_| password == DEMO_PASSWORD)
}

/// Allows the request, denies it, or switches to the sign-in page.
fn consent(
    flow: &Flow,
    session: &SessionCookie,
    request: AuthorizeRequest,
    user: SignedIn,
    form: &Params,
) -> Outcome {
    match value(form, "decision") {
        Some("allow") => {
            let settings = &flow.provider.settings;
            let scope = settings.granted_scope(&user.user, &request.scope);
            lock(&flow.browsers).consent(&user.user, &scope);
            Outcome::Return(code_url(&flow.provider, &request, user))
        }
        Some("switch") => flow.show(session, request, PageKind::SignIn { has_failed: false }),
        _ => flow.refuse(&request, &DENIED),
    }
}

/// The value of a form's field. A repeated field has no value.
fn value<'a>(form: &'a Params, name: &str) -> Option<&'a str> {
    form.get(name).ok().flatten()
}
