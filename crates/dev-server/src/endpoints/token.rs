//! The token endpoint (RFC 6749 section 3.2), which FNCY calls its certifier.
//!
//! The client is authenticated before the grant is checked. So an unknown client cannot test or use
//! up a code.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::config::settings::{ScopeFormat, Settings};
use crate::endpoints::client_auth::authenticated_params;
use crate::protocol::refusal::Refusal;
use crate::protocol::response;
use crate::state::authorization_code::redeem;
use crate::state::client_credentials;
use crate::state::grants::Issued;
use crate::state::provider::Provider;
use crate::state::refresh_token::refresh;
use crate::system::env;
use crate::system::lock::lock;

pub(crate) async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let settings = &provider.settings;
    let params = authenticated_params(settings, settings.token_body, &headers, &body)?;
    let (ids, now) = (&provider.ids, env::now());
    let grants = &mut lock(&provider.grants);
    let issued = match params.require("grant_type", "grant_type is missing.")? {
        "authorization_code" => {
            let code = params.require("code", "code is missing.")?;
            let (redirect_uri, verifier) = (params.redirect_uri()?, params.get("code_verifier")?);
            redeem(grants, ids, now, code, redirect_uri, verifier)
        }
        "refresh_token" => {
            let token = params.require("refresh_token", "refresh_token is missing.")?;
            refresh(grants, ids, now, token, params.get("scope")?)
        }
        "client_credentials" => client_credentials::issue(grants, ids, now, params.get("scope")?),
        _ => Err(Refusal::new(
            "unsupported_grant_type",
            "grant_type must be authorization_code, refresh_token or client_credentials.",
        )),
    }?;
    Ok(token_response(settings, &issued))
}

/// The token response (RFC 6749 section 5.1), with the members that FNCY's public client types, and
/// with `auth_time`.
fn token_response(settings: &Settings, issued: &Issued) -> Response {
    let mut body = json!({
        "jti": issued.jti,
        "access_token": issued.access_token,
        "token_type": "bearer",
        "expires_in": settings.access_token_lifetime.as_secs(),
    });
    match settings.scope_format {
        ScopeFormat::Array => body["scope"] = json!(issued.scope),
        ScopeFormat::SpaceSeparated => body["scope"] = json!(issued.scope.join(" ")),
        ScopeFormat::Omitted => {}
    }
    if let Some(auth_time) = issued.auth_time {
        body["auth_time"] = json!(auth_time);
    }
    if let Some(refresh_token) = &issued.refresh_token {
        body["refresh_token"] = json!(refresh_token);
    }
    response::json(StatusCode::OK, &body)
}
