//! The revocation endpoint (RFC 7009). A token nobody knows is as revoked as can be (section 2.2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::client_auth::authenticate;
use crate::provider::{Provider, lock};
use crate::refusal::Refusal;
use crate::request_body;

pub(crate) async fn revoke(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match end(&provider, &headers, &body) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

fn end(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let params = request_body::read(provider.settings.token_body, headers, body)?;
    authenticate(&provider.settings, headers, &params)?;
    lock(&provider.grants).revoke(params.require("token", "token is missing.")?);
    Ok(())
}
