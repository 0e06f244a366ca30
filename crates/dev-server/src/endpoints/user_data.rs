//! The user data endpoint: the signed-in user's data for a bearer token (RFC 6750 sections 2.1 and 3).
//!
//! The data has `auth_time` (OpenID Connect Core section 2), unless the user's own data has a member
//! of this name.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::json;

use crate::config::demo_user::DemoUser;
use crate::protocol::refusal::Refusal;
use crate::protocol::response;
use crate::state::provider::Provider;
use crate::system::env;
use crate::system::lock::lock;

const AUTH_TIME: &str = "auth_time";

const NO_TOKEN: Refusal = Refusal::new("invalid_token", "The request has no bearer token.")
    .with_status(StatusCode::UNAUTHORIZED)
    .with_challenge("Bearer realm=\"FNCY development server\"");
const BAD_TOKEN: Refusal = Refusal::new(
    "invalid_token",
    "The access token is unknown, expired or revoked.",
)
.with_status(StatusCode::UNAUTHORIZED)
.with_challenge("Bearer realm=\"FNCY development server\", error=\"invalid_token\"");
const NO_USER: Refusal = Refusal::new(
    "insufficient_scope",
    "The access token belongs to the client and has no user.",
)
.with_status(StatusCode::FORBIDDEN)
.with_challenge("Bearer realm=\"FNCY development server\", error=\"insufficient_scope\"");

pub(crate) async fn user_data(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (user, auth_time) = find(&provider, &headers)?;
    let mut data = user.user_data(&provider.settings.user_id_place);
    if data.get(AUTH_TIME).is_none() {
        data[AUTH_TIME] = json!(auth_time);
    }
    Ok(response::json(StatusCode::OK, &data))
}

/// Returns the user of the request's token, and the time of the user's sign-in.
fn find<'a>(provider: &'a Provider, headers: &HeaderMap) -> Result<(&'a DemoUser, u64), Refusal> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let (scheme, token) = header
        .and_then(|header| header.split_once(' '))
        .ok_or(NO_TOKEN)?;
    let grants = lock(&provider.grants);
    let grant = grants
        .grant(token.trim(), env::now())
        .filter(|_| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or(BAD_TOKEN)?;
    let signed_in = grant.user.as_ref().ok_or(NO_USER)?;
    let user = provider.settings.user(&signed_in.user).ok_or(NO_USER)?;
    Ok((user, signed_in.auth_time))
}
