//! A stand-in for FNCY's API, and calls of it by the application's handler.

use std::collections::HashSet;
use std::future::pending;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use fncy_login::LoginBuilder;
use url::form_urlencoded::byte_serialize;

use crate::browser::{Backend, RawResponse};
use crate::harness::{Harness, serve_router};
use crate::world::World;

/// A request that the API got.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The access token, if there is one.
    pub(crate) token: String,
    /// The header `traceparent`.
    pub(crate) trace: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// The API. It answers 401 to the tokens that it refuses, and else as the path says.
///
/// - `/status/403` is an answer with this status.
/// - `/elsewhere` redirects to another port.
/// - `/large/100` has a body of this length.
/// - `/hangs` has no answer.
pub(crate) struct Api {
    origin: String,
    state: ApiState,
    _server: Arc<dyn Backend>,
}

#[derive(Clone, Default)]
struct ApiState {
    asked: Arc<Mutex<Vec<Asked>>>,
    refused: Arc<Mutex<HashSet<String>>>,
    refuses_all: Arc<Mutex<bool>>,
}

impl Api {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (origin, state) = (
            format!("http://{}", listener.local_addr().unwrap()),
            ApiState::default(),
        );
        let app = Router::new().fallback(answer).with_state(state.clone());
        Self {
            origin,
            state,
            _server: serve_router(listener, app),
        }
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The target of the application's page that does this step with an address of the API, such as `get`.
    pub(crate) fn step(&self, step: &str, path: &str) -> String {
        format!("/api?{}", self.more(step, path))
    }

    /// The part of a target for one more step.
    pub(crate) fn more(&self, step: &str, path: &str) -> String {
        let url = format!("{}{path}", self.origin);
        format!(
            "{step}={}",
            byte_serialize(url.as_bytes()).collect::<String>()
        )
    }

    /// Refuses a token from now on.
    pub(crate) fn refuse(&self, token: &str) {
        self.state.refused.lock().unwrap().insert(token.to_owned());
    }

    /// Refuses each token from now on, or only those of [`Api::refuse`].
    pub(crate) fn refuse_all(&self, refuses: bool) {
        *self.state.refuses_all.lock().unwrap() = refuses;
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// The number of requests with this token.
    pub(crate) fn asked_with(&self, token: &str) -> usize {
        self.asked()
            .iter()
            .filter(|asked| asked.token == token)
            .count()
    }

    /// A world whose application may call this API.
    pub(crate) fn world(
        &self,
        harness: Harness,
        change: impl FnOnce(LoginBuilder) -> LoginBuilder + 'static,
    ) -> World {
        let origin = self.origin.clone();
        World::with(harness, |setup| {
            setup.login = Box::new(|builder| change(builder.api_origin(origin)));
        })
    }
}

async fn answer(
    State(state): State<ApiState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let bearer = headers
        .get("authorization")
        .map_or("", |value| value.to_str().unwrap());
    let token = bearer.trim_start_matches("Bearer ").to_owned();
    let trace = headers.get("traceparent");
    let trace = trace.map(|value| value.to_str().unwrap().to_owned());
    state.asked.lock().unwrap().push(Asked {
        trace,
        method: method.to_string(),
        path: uri.path().to_owned(),
        token: token.clone(),
        body: body.to_vec(),
    });
    if *state.refuses_all.lock().unwrap() || state.refused.lock().unwrap().contains(&token) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let mut parts = uri.path().trim_start_matches('/').split('/');
    match (parts.next(), parts.next()) {
        (Some("status"), Some(status)) => {
            let status: u16 = status.parse().unwrap();
            (StatusCode::from_u16(status).unwrap(), "said the API").into_response()
        }
        (Some("elsewhere"), _) => {
            (StatusCode::FOUND, [("location", "http://127.0.0.1:9/")]).into_response()
        }
        (Some("large"), Some(length)) => "x".repeat(length.parse().unwrap()).into_response(),
        (Some("hangs"), _) => pending().await,
        _ => "an order".into_response(),
    }
}

/// The access token of a session, as the application sees it.
pub(crate) async fn token_of(world: &World, cookies: impl AsRef<[u8]>) -> String {
    let answer = world.ask("/token", cookies).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().into_owned()
}

/// The session that an answer brings, as a browser would send it.
pub(crate) fn session_of(response: &RawResponse) -> Vec<u8> {
    let mut lines = response.headers_named("set-cookie");
    let line = lines.find(|line| line.starts_with(b"__Host-fncy_session="));
    let line = line.expect("a session's cookie");
    line.split(|byte| *byte == b';').next().unwrap().to_vec()
}
