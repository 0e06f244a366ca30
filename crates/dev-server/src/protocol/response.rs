//! Responses that no cache may store.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// A JSON response. RFC 6749 section 5.1 requires `no-store`.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let headers = [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
    ];
    (status, headers, body.to_string()).into_response()
}

/// A redirect with 303, so that the browser sends a GET after a form.
pub(crate) fn see_other(location: &str) -> Response {
    let headers = [("location", location), ("cache-control", "no-store")];
    (StatusCode::SEE_OTHER, headers).into_response()
}
