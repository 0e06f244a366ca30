//! The revocation endpoint (RFC 7009). An unknown token counts as revoked (section 2.2).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::endpoints::client_auth::authenticated_params;
use crate::protocol::refusal::Refusal;
use crate::state::provider::Provider;
use crate::system::lock::lock;

pub(crate) async fn revoke(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Refusal> {
    let settings = &provider.settings;
    let params = authenticated_params(settings, settings.token_body, &headers, &body)?;
    lock(&provider.grants).revoke(params.require("token", "token is missing.")?);
    Ok(StatusCode::OK)
}
