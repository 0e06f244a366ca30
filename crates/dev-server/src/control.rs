//! The fault script and the counters over HTTP, for tools and for tests in other languages.
//!
//! A web page must not be able to use it, so a request that a browser marks as coming from another
//! site or origin is refused (Fetch Metadata, and RFC 6454 section 7).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::endpoint::Endpoint;
use crate::fault::Fault;
use crate::provider::Provider;
use crate::refusal::json_response;

pub(crate) async fn same_origin(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    if is_same_origin(request.headers(), &provider.base_url) {
        next.run(request).await
    } else {
        (
            StatusCode::FORBIDDEN,
            "Web pages of other origins may not use this.\n",
        )
            .into_response()
    }
}

fn is_same_origin(headers: &HeaderMap, base_url: &str) -> bool {
    let all = |name: &str, good: &dyn Fn(&str) -> bool| {
        headers
            .get_all(name)
            .iter()
            .all(|value| value.to_str().is_ok_and(good))
    };
    all(ORIGIN.as_str(), &|origin| origin == base_url)
        && all("sec-fetch-site", &|site| {
            matches!(site, "none" | "same-origin")
        })
}

pub(crate) async fn put_faults(
    State(provider): State<Arc<Provider>>,
    Path(endpoint): Path<String>,
    body: Bytes,
) -> Response {
    let Some(endpoint) = Endpoint::from_name(&endpoint) else {
        let names = Endpoint::ALL.map(Endpoint::name).join(", ");
        return (
            StatusCode::NOT_FOUND,
            format!("The endpoints are: {names}.\n"),
        )
            .into_response();
    };
    match serde_json::from_slice(&body).map(OneOrMore::into_faults) {
        Ok(faults) => {
            provider.faults.replace(endpoint, faults);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

pub(crate) async fn delete_faults(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.faults.clear();
    StatusCode::NO_CONTENT
}

pub(crate) async fn requests(State(provider): State<Arc<Provider>>) -> Response {
    let counts: Map<String, Value> = Endpoint::ALL
        .into_iter()
        .map(|endpoint| {
            (
                endpoint.name().to_owned(),
                provider.recorder.total(endpoint).into(),
            )
        })
        .collect();
    json_response(StatusCode::OK, &counts.into())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(FaultJson),
    More(Vec<FaultJson>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct FaultJson {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    delay_ms: Option<u64>,
    lose_answer: bool,
    count: Option<u32>,
}

impl OneOrMore {
    fn into_faults(self) -> Vec<Fault> {
        match self {
            Self::One(fault) => vec![fault.into()],
            Self::More(faults) => faults.into_iter().map(Fault::from).collect(),
        }
    }
}

impl From<FaultJson> for Fault {
    fn from(json: FaultJson) -> Self {
        Self {
            status: json.status,
            headers: json.headers,
            body: json.body.map(String::into_bytes),
            delay: json.delay_ms.map(Duration::from_millis),
            lose_answer: json.lose_answer,
            count: json.count,
        }
    }
}
