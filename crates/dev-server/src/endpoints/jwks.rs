//! The JWKS endpoint: the public keys of JWTs (RFC 7517 section 5).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::protocol::response;
use crate::state::provider::Provider;

pub(crate) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    response::json(StatusCode::OK, &provider.keys.jwks())
}
