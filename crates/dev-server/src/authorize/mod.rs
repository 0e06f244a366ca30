//! The authorization endpoint (RFC 6749 sections 3.1 and 4.1.1): a request is read, then the browser
//! is shown the next page, or sent back with an answer.

mod answer;
mod approve;
mod next_step;
mod prompt;
mod request;

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

pub(crate) use answer::{code_url, error_url};
pub use approve::ApproveError;
pub(crate) use approve::approve;
pub(crate) use next_step::{NextStep, next_step};
pub(crate) use prompt::Prompt;
pub(crate) use request::AuthorizeRequest;
use request::Invalid;

use crate::browser::{Outcome, SessionCookie, advance, see_other, show_page};
use crate::pages;
use crate::params::Params;
use crate::provider::{Provider, lock};

pub(crate) async fn authorize(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Params::from_form(query.unwrap_or_default().as_bytes());
    let request = match request::parse(&query, &provider.settings) {
        Ok(request) => request,
        Err(Invalid::Page(refusal)) => return pages::error::bad_request(refusal.description),
        Err(Invalid::Redirect {
            redirect_uri,
            state,
            refusal,
        }) => {
            let issuer = provider.settings.issuer.as_deref();
            return see_other(&error_url(
                &redirect_uri,
                state.as_deref(),
                issuer,
                &refusal,
            ));
        }
    };
    let session = {
        let mut browser = lock(&provider.browser);
        SessionCookie::of(&headers, &browser).unwrap_or_else(|| browser.open(&provider.ids))
    };
    let prompt = request.prompt;
    let response = match advance(&provider, &session, request, prompt) {
        Outcome::Answer(url) => see_other(&url),
        Outcome::Page { token, page } => show_page(&provider, &headers, &token, &page),
    };
    session.set_on(response)
}
