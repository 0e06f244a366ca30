//! Ends the provider's own session, and sends the browser on to a loopback address.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::{SessionCookie, see_other};
use crate::loopback::is_loopback_url;
use crate::pages;
use crate::params::Params;
use crate::provider::{Provider, lock};

pub(crate) async fn sign_out(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Params::from_form(query.unwrap_or_default().as_bytes());
    let return_to = match query.get("return_to") {
        Ok(None) => "/",
        Ok(Some(url)) if is_loopback_url(url) => url,
        _ => return pages::error::bad_request("return_to must be an address on this machine."),
    };
    {
        let mut browser = lock(&provider.browser);
        if let Some(session) = SessionCookie::of(&headers, &browser) {
            browser.close(&session);
        }
    }
    SessionCookie::removed_from(see_other(return_to))
}
