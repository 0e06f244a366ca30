//! The resource server: the signed-in user's data for a bearer token (RFC 6750 sections 2.1 and 3).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::demo_user::DemoUser;
use crate::env;
use crate::provider::{Provider, lock};
use crate::refusal::{Refusal, json_response};

pub(crate) async fn user_data(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
) -> Response {
    match find(&provider, &headers) {
        Ok(user) => json_response(
            StatusCode::OK,
            &describe(user, &provider.settings.user_id_member),
        ),
        Err(refusal) => refusal.into_response(),
    }
}

fn find<'a>(provider: &'a Provider, headers: &HeaderMap) -> Result<&'a DemoUser, Refusal> {
    let header = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let Some((scheme, token)) = header.and_then(|header| header.split_once(' ')) else {
        return Err(invalid_token("There is no bearer token.")
            .with_challenge("Bearer realm=\"FNCY development server\""));
    };
    let grants = lock(&provider.grants);
    let grant = grants.allowed(token.trim(), env::now());
    let Some(grant) = grant.filter(|_| scheme.eq_ignore_ascii_case("bearer")) else {
        return Err(
            invalid_token("The access token is unknown, expired or revoked.").with_challenge(
                "Bearer realm=\"FNCY development server\", error=\"invalid_token\"",
            ),
        );
    };
    grant
        .user
        .as_ref()
        .and_then(|id| provider.settings.user(id))
        .ok_or(
            Refusal::new(
                "insufficient_scope",
                "The access token is the client's own.",
            )
            .with_status(StatusCode::FORBIDDEN)
            .with_challenge(
                "Bearer realm=\"FNCY development server\", error=\"insufficient_scope\"",
            ),
        )
}

fn invalid_token(description: &'static str) -> Refusal {
    Refusal::new("invalid_token", description).with_status(StatusCode::UNAUTHORIZED)
}

fn describe(user: &DemoUser, id_member: &str) -> Value {
    let mut data = json!({ "name": user.name, "locale": user.locale, "roles": user.roles });
    data[id_member] = json!(user.id);
    if let Some(email) = &user.email {
        data["email"] = json!(email);
    }
    data
}
