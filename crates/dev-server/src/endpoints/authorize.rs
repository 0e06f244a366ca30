//! The authorization endpoint (RFC 6749 sections 3.1 and 4.1.1): the browser gets the next page, or
//! returns to the client.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::pages::error_page;
use crate::protocol::authorize_request::{self, Invalid};
use crate::protocol::params::Params;
use crate::protocol::response::see_other;
use crate::sign_in::authorization_response::error_url;
use crate::sign_in::flow::{Flow, Outcome};
use crate::system::lock::lock;

pub(crate) async fn authorize(
    State(flow): State<Arc<Flow>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let (settings, ids) = (&flow.provider.settings, &flow.provider.ids);
    let request = match authorize_request::parse(&Params::from_query(&uri), settings) {
        Ok(request) => request,
        Err(Invalid::Page(refusal)) => return error_page::bad_request(refusal.description),
        Err(Invalid::Redirect(client, refusal)) => {
            return see_other(&error_url(settings, &client, &refusal));
        }
    };
    let session = {
        let mut browsers = lock(&flow.browsers);
        let known = browsers.session(&headers);
        known.unwrap_or_else(|| browsers.open(ids, None))
    };
    let response = match flow.advance(&session, request, false) {
        Outcome::Return(url) => see_other(&url),
        Outcome::Page { token, page } => page.render(settings, &headers, &token),
    };
    session.set_on(response)
}
