//! An HTTP client of the application carries all exchanges, and its answers are judged as those of ours.

use std::sync::{Arc, Mutex};

use fncy_login::http_client::{HttpClient, HttpClientError, HttpExchange};
use http::{Request, Response};

use crate::harness::Harness;
use crate::steps::token_answer::{
    ACCESS_TOKEN, Answers, Grant, accepted, assert_nobody_is_signed_out, new_refresh_token,
};
use crate::world::World;

type Answer = Result<Response<Vec<u8>>, HttpClientError>;

/// Answers token requests so, and knows the user.
#[derive(Clone)]
struct Carrier {
    token: fn(usize) -> Answer,
    /// The paths that it was asked for.
    heard: Arc<Mutex<Vec<String>>>,
}

impl Carrier {
    fn new(token: fn(usize) -> Answer) -> Self {
        Self {
            token,
            heard: Arc::default(),
        }
    }
}

impl HttpClient for Carrier {
    fn send(&self, request: Request<Vec<u8>>, limit: usize) -> HttpExchange<'_> {
        let path = request.uri().path();
        self.heard.lock().unwrap().push(path.to_owned());
        let answer = if path == "/v1/oauth2/token" {
            (self.token)(limit)
        } else {
            Ok(Response::new(br#"{"id":"alex"}"#.to_vec()))
        };
        Box::pin(async { answer })
    }
}

impl Answers for Carrier {
    fn prepare(&self, world: &World) {
        let login = world.usual().http_client(self.clone());
        world.serve(login.build().unwrap());
    }

    /// The dev server is asked for nothing.
    fn hears(&self) -> u64 {
        0
    }
}

fn tokens(_: usize) -> Answer {
    let token = new_refresh_token();
    let body = format!(r#"{{{ACCESS_TOKEN},"refresh_token":"{token}"}}"#);
    Ok(Response::new(body.into_bytes()))
}

pub(super) async fn an_injected_client_carries_each_exchange(harness: Harness) {
    for grant in Grant::BOTH {
        let carrier = Carrier::new(tokens);
        accepted(&World::new(harness), grant, &carrier).await;
        let heard = carrier.heard.lock().unwrap();
        assert_eq!(heard[0], "/v1/oauth2/token", "{grant:?}");
        assert!(heard.len() > 1, "{grant:?}: the user's data as well");
    }
}

pub(super) async fn what_an_injected_client_brings_is_judged(harness: Harness) {
    let none = |_| Err(HttpClientError::NoConnection("it is down".into()));
    let cut = |_| Err(HttpClientError::Interrupted("it was cut".into()));
    let stopped = |_| Err(HttpClientError::TooLarge);
    let too_long = |limit| Ok(Response::new(vec![b' '; limit + 1]));
    let encoded = |limit| {
        let mut answer = tokens(limit)?;
        let coding = http::HeaderValue::from_static("gzip");
        answer.headers_mut().insert("content-encoding", coding);
        Ok(answer)
    };
    for (answer, status, code) in [
        (none as fn(usize) -> Answer, 503, "provider_unavailable"),
        (cut, 503, "provider_unavailable"),
        (stopped, 502, "invalid_response"),
        (too_long, 502, "invalid_response"),
        (encoded, 502, "invalid_response"),
    ] {
        let world = World::new(harness);
        assert_nobody_is_signed_out(&world, &Carrier::new(answer), status, code).await;
    }
}
