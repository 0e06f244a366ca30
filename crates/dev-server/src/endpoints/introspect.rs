//! The introspection endpoint (RFC 7662), for access tokens. Every other text is not active.
//!
//! The client must authenticate, so that strangers can't try tokens (section 2.1). The body is a form,
//! as in the RFC, or JSON, as at FNCY's token endpoint.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::config::settings::TokenBody;
use crate::endpoints::client_auth::authenticated_params;
use crate::protocol::refusal::Refusal;
use crate::protocol::response;
use crate::state::provider::Provider;
use crate::system::env;
use crate::system::lock::lock;

pub(crate) async fn introspect(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let settings = &provider.settings;
    let params = authenticated_params(settings, TokenBody::Either, &headers, &body)?;
    let token = params.require("token", "token is missing.")?;
    let claims = lock(&provider.grants).claims(token, env::now());
    let answer = match claims {
        None => json!({ "active": false }),
        Some(mut claims) => {
            claims.insert("active".to_owned(), json!(true));
            claims.insert("token_type".to_owned(), json!("Bearer"));
            claims.into()
        }
    };
    Ok(response::json(StatusCode::OK, &answer))
}
