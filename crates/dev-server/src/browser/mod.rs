//! The part with a browser: a session, the pages on the way to an answer, and what was consented to.
//!
//! * A page's token is good once, and only from the session the page was made for, so that another
//!   site can neither submit a form nor have somebody else's answered.
//! * Signing in replaces the session ID (OWASP ASVS 3.2.1). The pages open in other tabs are then of
//!   use only as links to the authorization endpoint are, and so is a page that was used: see
//!   [`ask_again`].
//! * Forms are answered with 303, so that going back never submits one twice.

pub(crate) mod consent;
mod cookie;
mod page;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
mod state;

use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

pub(crate) use cookie::SessionCookie;
pub(crate) use page::{Page, PageKind};
pub(crate) use state::Browser;

use crate::authorize::{AuthorizeRequest, NextStep, Prompt, code_url, error_url, next_step};
use crate::pages::{self, Words};
use crate::params::Params;
use crate::provider::{Provider, lock};
use crate::refusal::Refusal;

/// Where an authorization request has got to.
pub(crate) enum Outcome {
    /// The user has to be asked something.
    Page { token: String, page: Page },
    /// The browser goes back to the application, with this URL.
    Answer(String),
}

/// Takes a request as far as it goes without asking the user. The prompt is what is left of the
/// request's own.
pub(crate) fn advance(
    provider: &Provider,
    session: &SessionCookie,
    request: AuthorizeRequest,
    prompt: Prompt,
) -> Outcome {
    let user = lock(&provider.browser).user(session);
    let consented = user
        .as_ref()
        .is_some_and(|user| lock(&provider.browser).has_consented(user, &request.scope));
    let kind = match (next_step(prompt, user.is_some(), consented), user) {
        (NextStep::Answer, Some(user)) => {
            return Outcome::Answer(code_url(provider, &request, &user));
        }
        (NextStep::Refuse(refusal), _) => {
            return Outcome::Answer(refusal_url(provider, &request, &refusal));
        }
        (NextStep::Consent, Some(user)) => PageKind::Consent { user },
        _ => PageKind::SignIn { failed: false },
    };
    let page = Page { kind, request };
    let token = lock(&provider.browser).add_page(&provider.ids, session, page.clone());
    Outcome::Page { token, page }
}

pub(crate) fn refusal_url(
    provider: &Provider,
    request: &AuthorizeRequest,
    refusal: &Refusal,
) -> String {
    let issuer = provider.settings.issuer.as_deref();
    error_url(
        &request.redirect_uri,
        request.state.as_deref(),
        issuer,
        refusal,
    )
}

pub(crate) fn see_other(location: &str) -> Response {
    let headers = [("location", location), ("cache-control", "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}

pub(crate) fn show_page(
    provider: &Provider,
    headers: &HeaderMap,
    token: &str,
    page: &Page,
) -> Response {
    let (words, settings) = (Words::of(headers), &provider.settings);
    match &page.kind {
        PageKind::SignIn { failed } => {
            pages::sign_in::show(words, settings, token, &page.request, *failed)
        }
        PageKind::Consent { user } => {
            pages::consent::show(words, settings, token, &page.request, user)
        }
    }
}

fn denied(provider: &Provider, request: &AuthorizeRequest) -> Response {
    let refusal = Refusal::new("access_denied", "The user did not allow it.");
    see_other(&refusal_url(provider, request, &refusal))
}

/// After a form: on to the next page by its own address, or back to the application.
fn redirect(outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Answer(url) => see_other(url),
        Outcome::Page { token, page } => see_other(&page.path(token)),
    }
}

/// Shows a page again by its token: after a redirect, or when the user reloads it.
fn reshow(provider: &Provider, headers: &HeaderMap, query: Option<&str>) -> Response {
    let query = Params::from_form(query.unwrap_or_default().as_bytes());
    let token = query.get("page").ok().flatten().unwrap_or_default();
    let page = {
        let browser = lock(&provider.browser);
        SessionCookie::of(headers, &browser).and_then(|session| browser.page(&session, token))
    };
    page.map_or_else(
        || ask_again(provider, headers, token),
        |page| show_page(provider, headers, token, &page),
    )
}

/// For a page that was used, which the back button leads to, and for one of a session that is not the
/// browser's any more, since another tab has signed in: makes the page's request again, as it came, for
/// the user of the session there is now.
///
/// Any link to the authorization endpoint can do as much, so the token protects nothing here; what a
/// form says besides it is not looked at.
fn ask_again(provider: &Provider, headers: &HeaderMap, token: &str) -> Response {
    let known = {
        let browser = lock(&provider.browser);
        SessionCookie::of(headers, &browser)
            .filter(|session| browser.user(session).is_some())
            .zip(browser.request(token))
    };
    known.map_or_else(pages::error::expired, |(session, request)| {
        let prompt = request.prompt;
        redirect(&advance(provider, &session, request, prompt))
    })
}

/// The answer to a form that [`submitted`] does not know.
fn not_submitted(provider: &Provider, headers: &HeaderMap, form: &Params) -> Response {
    let token = form.get("token").ok().flatten().unwrap_or_default();
    ask_again(provider, headers, token)
}

/// What a submitted form belongs to; its token is used up.
fn submitted(
    provider: &Provider,
    headers: &HeaderMap,
    form: &Params,
) -> Option<(SessionCookie, Page)> {
    let token = form.get("token").ok().flatten()?;
    let mut browser = lock(&provider.browser);
    let session = SessionCookie::of(headers, &browser)?;
    let page = browser.take_page(&session, token)?;
    Some((session, page))
}
