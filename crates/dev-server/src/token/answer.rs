//! The token answer (RFC 6749 section 5.1), with the members FNCY's public client types.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::grants::Issued;
use crate::refusal::json_response;
use crate::settings::{ScopeFormat, Settings};

pub(super) fn tokens(settings: &Settings, issued: &Issued) -> Response {
    let mut body = json!({
        "jti": issued.jti,
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": settings.access_token_life.as_secs(),
    });
    match settings.scope_format {
        ScopeFormat::Array => body["scope"] = json!(issued.scope),
        ScopeFormat::SpaceSeparated => body["scope"] = json!(issued.scope.join(" ")),
        ScopeFormat::Omitted => {}
    }
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = json!(refresh_token);
    }
    json_response(StatusCode::OK, &body)
}
