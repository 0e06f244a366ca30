//! What is done around each request: its id, its span, its log line, its time limit.
//!
//! Rules:
//! - A request has an id: that of the proxy, if the proxy is trusted, or else a new one. It is in each log line, in each
//!   line of the audit log, and in the response.
//! - No line has a query: that of `/auth/callback` has a code in it.
//! - Once the instance stops, it closes each connection with the next response. So the proxy rarely sends a request
//!   on a connection that is about to end.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use fncy_login_tower::{Login, LoginReply};
use tokio::time::{Instant, timeout};
use tracing::field::display;
use tracing::{Instrument as _, info, info_span};

/// The header of the id.
pub(super) const ID: &str = "x-request-id";
/// The login needs up to 15 seconds for a request that waits for FNCY. The rest is the handler's.
const LIMIT: Duration = Duration::from_secs(30);
/// The longest id that is taken from the proxy.
const MAX_ID: usize = 64;

/// What the middleware needs to know.
#[derive(Clone)]
pub(super) struct Requests {
    pub(super) login: Login,
    pub(super) trusts_proxy: bool,
}

/// The middleware.
pub(super) async fn observe(
    State(requests): State<Requests>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request.headers().get(ID).and_then(known);
    let id = given.filter(|_| requests.trusts_proxy).unwrap_or_else(made);
    let Ok(header) = HeaderValue::from_str(&id) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    request.headers_mut().insert(ID, header.clone());
    let (method, path) = (request.method().as_str(), request.uri().path());
    let span = info_span!("request", request_id = id, method, path);
    let began = Instant::now();
    let served = timeout(LIMIT, next.run(request)).instrument(span.clone());
    let mut response = match served.await {
        Ok(response) => response,
        Err(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(ID, header);
    if !requests.login.is_ready() {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let (status, seconds) = (response.status().as_u16(), began.elapsed().as_secs_f64());
    // A person who calls reads these two from the page.
    let refusal = response.extensions().get::<LoginReply>();
    let code = refusal.and_then(LoginReply::code).map(display);
    let reference = refusal.and_then(LoginReply::reference).map(display);
    span.in_scope(|| info!(status, seconds, code, reference, "answered"));
    response
}

/// An id of the proxy, if it is a plain word.
fn known(value: &HeaderValue) -> Option<String> {
    let id = value.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = (1..=MAX_ID).contains(&id.len()) && id.bytes().all(is_plain);
    is_id.then(|| id.to_owned())
}

/// A new id. Each `RandomState` has keys of its own.
fn made() -> String {
    format!("{:016x}", RandomState::new().hash_one(ID))
}
