//! The fault script and the request counters over HTTP, for tools and for tests in other languages.
//!
//! A web page must not reach these endpoints. So a request is refused if the browser marks it as
//! coming from another site or origin (Fetch Metadata, and RFC 6454 section 7).

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::config::endpoint::Endpoint;
use crate::faults::fault_json;
use crate::protocol::response;
use crate::state::provider::Provider;

pub(crate) async fn same_origin(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    if is_same_origin(request.headers(), &provider.base_url) {
        return next.run(request).await;
    }
    let message = "Web pages of other origins cannot use this endpoint.\n";
    (StatusCode::FORBIDDEN, message).into_response()
}

fn is_same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    let all = |name: &str, allowed: &[&str]| {
        let mut values = headers.get_all(name).into_iter();
        values.all(|value| allowed.iter().any(|allowed| value == allowed))
    };
    all(ORIGIN.as_str(), &[base_url]) && all("sec-fetch-site", &["none", "same-origin"])
}

pub(crate) async fn put_faults(
    State(provider): State<Arc<Provider>>,
    Path(endpoint): Path<String>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let Some(endpoint) = Endpoint::from_name(&endpoint) else {
        let names = Endpoint::ALL.map(Endpoint::name).join(", ");
        let message = format!("{endpoint:?} is not an endpoint; use one of {names}.\n");
        return Err((StatusCode::NOT_FOUND, message));
    };
    let faults = fault_json::parse(&body).map_err(|error| {
        let message = format!("The body is not a fault or an array of faults: {error}.\n");
        (StatusCode::BAD_REQUEST, message)
    })?;
    provider.faults.replace(endpoint, faults);
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn delete_faults(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.faults.clear();
    StatusCode::NO_CONTENT
}

pub(crate) async fn requests(State(provider): State<Arc<Provider>>) -> Response {
    let count = |endpoint: Endpoint| {
        let total = provider.recorder.total(endpoint);
        (endpoint.name().to_owned(), Value::from(total))
    };
    let counts: Map<String, Value> = Endpoint::ALL.into_iter().map(count).collect();
    response::json(StatusCode::OK, &counts.into())
}
