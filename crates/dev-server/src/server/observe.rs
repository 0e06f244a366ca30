//! The layer around each observed endpoint: it records the request, then applies its fault.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode, request};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use crate::config::endpoint::Endpoint;
use crate::faults::fault::Fault;
use crate::faults::recorder::RecordedRequest;
use crate::state::provider::Provider;

/// The largest body that is read. Token requests are far smaller.
const BODY_LIMIT: usize = 64 * 1024;

/// The mark of a response that must not reach the client.
#[derive(Clone, Copy)]
pub(crate) struct LostResponse;

pub(crate) async fn observe(
    State((provider, endpoint)): State<(Arc<Provider>, Endpoint)>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let recorded = provider.recorder.begin(endpoint, record(&parts, &body));
    let fault = provider.faults.next(endpoint);
    if let Some(delay) = fault.delay {
        tokio::time::sleep(delay).await;
    }
    provider.faults.released(endpoint).await;

    let mut response = if fault.replaces_response() {
        scripted(&fault)
    } else {
        let own = next.run(Request::from_parts(parts, Body::from(body))).await;
        replace_members(own, &fault.members).await
    };
    if let Ok(date) = HeaderValue::from_str(&provider.settings.clock.http_date()) {
        response.headers_mut().insert(DATE, date);
    }
    add_headers(response.headers_mut(), &fault.headers);
    if fault.lose_response {
        response.extensions_mut().insert(LostResponse);
    } else {
        recorded.answered(response.status().as_u16());
    }
    response
}

fn record(parts: &request::Parts, body: &Bytes) -> RecordedRequest {
    let header = |name: HeaderName| {
        parts
            .headers
            .get(name)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    RecordedRequest {
        method: parts.method.to_string(),
        query: parts.uri.query().map(str::to_owned),
        content_type: header(CONTENT_TYPE),
        authorization: header(AUTHORIZATION),
        traceparent: header(HeaderName::from_static("traceparent")),
        body: body.to_vec(),
        status: None,
    }
}

fn scripted(fault: &Fault) -> Response {
    let mut response = Response::new(Body::from(fault.body.clone().unwrap_or_default()));
    // 500 shows the mistake of a script whose status isn't a status code.
    *response.status_mut() = fault.status.map_or(StatusCode::OK, |status| {
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    });
    response
}

/// Replaces members of a JSON object. Other bodies stay as they are.
async fn replace_members(response: Response, members: &Map<String, Value>) -> Response {
    if members.is_empty() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let Ok(mut object) = serde_json::from_slice::<Map<String, Value>>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    for (name, value) in members {
        match value {
            Value::Null => object.remove(name),
            value => object.insert(name.clone(), value.clone()),
        };
    }
    // The server writes the length of the new body.
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(Value::Object(object).to_string()))
}

/// Adds the fault's headers. They replace the endpoint's own headers of the same name.
fn add_headers(headers: &mut HeaderMap, added: &[(String, String)]) {
    for (name, _) in added {
        headers.remove(name);
    }
    for (name, value) in added {
        let name = HeaderName::try_from(name.as_str());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value.as_str())) {
            headers.append(name, value);
        }
    }
}
