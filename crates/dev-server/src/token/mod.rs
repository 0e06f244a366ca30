//! The token endpoint (RFC 6749 section 3.2), which FNCY calls its certifier.
//!
//! A request is read, then its client is authenticated, then its grant is judged: a stranger learns
//! nothing about a code, and cannot use it up.

mod answer;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use crate::client_auth::authenticate;
use crate::env;
use crate::grants::Issued;
use crate::params::Params;
use crate::provider::{Provider, lock};
use crate::refusal::Refusal;
use crate::request_body;

pub(crate) async fn token(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match exchange(&provider, &headers, &body) {
        Ok(issued) => answer::tokens(&provider.settings, &issued),
        Err(refusal) => refusal.into_response(),
    }
}

fn exchange(provider: &Provider, headers: &HeaderMap, body: &[u8]) -> Result<Issued, Refusal> {
    let params = request_body::read(provider.settings.token_body, headers, body)?;
    authenticate(&provider.settings, headers, &params)?;
    match params.require("grant_type", "grant_type is missing.")? {
        "authorization_code" => authorization_code(provider, &params),
        "refresh_token" => refresh_token(provider, &params),
        "client_credentials" => client_credentials(provider, &params),
        _ => Err(Refusal::new(
            "unsupported_grant_type",
            "grant_type must be authorization_code, refresh_token or client_credentials.",
        )),
    }
}

fn authorization_code(provider: &Provider, params: &Params) -> Result<Issued, Refusal> {
    let code = params.require("code", "code is missing.")?;
    let redirect_uri = params.redirect_uri()?;
    let verifier = params.get("code_verifier")?;
    let mut grants = lock(&provider.grants);
    grants.redeem(&provider.ids, env::now(), code, redirect_uri, verifier)
}

fn refresh_token(provider: &Provider, params: &Params) -> Result<Issued, Refusal> {
    let token = params.require("refresh_token", "refresh_token is missing.")?;
    let scope = params.get("scope")?;
    lock(&provider.grants).refresh(&provider.ids, env::now(), token, scope)
}

fn client_credentials(provider: &Provider, params: &Params) -> Result<Issued, Refusal> {
    let scope = params.get("scope")?;
    lock(&provider.grants).client_credentials(&provider.ids, env::now(), scope)
}
