//! The sign-out of the provider: it closes the session, and redirects to a loopback address.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::config::redirect_uri::is_loopback_url;
use crate::pages::error_page;
use crate::protocol::params::Params;
use crate::protocol::response::see_other;
use crate::sign_in::flow::Flow;
use crate::sign_in::session_cookie::SessionCookie;
use crate::system::lock::lock;

pub(crate) async fn sign_out(
    State(flow): State<Arc<Flow>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let query = Params::from_query(&uri);
    let return_to = match query.get("return_to") {
        Ok(None) => "/",
        Ok(Some(url)) if is_loopback_url(url) => url,
        _ => return error_page::bad_request("return_to must be an address on this machine."),
    };
    {
        let mut browsers = lock(&flow.browsers);
        if let Some(session) = browsers.session(&headers) {
            browsers.close(&session);
        }
    }
    SessionCookie::remove_from(see_other(return_to))
}
