//! One toy application over each harness: the bare driver, tower, actix-web, and poem with the example's adapter.
//!
//! The application answers every path with the signed-in user, and records each call with its cookies.
//!
//! - `/extract`, `/maybe` and `/token` use extractors.
//! - `/start` starts a sign-in with the options of its query, and `/recent` needs a recent sign-in.
//! - `/own` sets headers of its own.
//! - `/missing` returns an error of the framework.
//! - `/needs/…` has a guard of the router, but in poem.
//! - `/live` answers until its session ends, and then sends what it has seen.
//! - `/session` changes its session, as its query says (`session.rs`).
//! - `/api` calls FNCY's API, as its query says (`api.rs`).

mod actix;
mod api;
mod bare;
mod calls;
mod poem;
mod server;
mod session;
mod tower;

use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login::{LiveSession, Login, SignInOptions, User};
use tokio::time::timeout;
use url::Url;

pub use self::actix::serve_configured;
pub use self::bare::RawHead;
pub use self::calls::{Call, Calls};
pub use self::poem::serve_endpoint;
pub use self::tower::serve_router;
use crate::browser::{Backend, Exchange, RawRequest, RawResponse};
use crate::world::{APP, ON_PURPOSE};

/// The deadline of a request is 15 seconds. The rest is for a busy machine.
const DEADLINE: Duration = Duration::from_secs(18);

/// The headers of `/own`. Shared caches obey their own headers before `Cache-Control`.
pub(crate) const OWN_HEADERS: [(&str, &str); 8] = [
    ("cache-control", "max-age=60"),
    ("cdn-cache-control", "max-age=60"),
    ("cloudflare-cdn-cache-control", "max-age=60"),
    ("netlify-cdn-cache-control", "max-age=60"),
    ("surrogate-control", "max-age=60"),
    ("vercel-cdn-cache-control", "max-age=60"),
    ("x-accel-expires", "60"),
    ("set-cookie", "own=1"),
];

/// The users that the router's guards of `/needs/alex` and `/needs/alex-later` admit.
fn is_alex(user: &User) -> bool {
    user.id() == "alex"
}

/// The paths of the guards that wait, below `/needs`.
const WAITING: [&str; 4] = ["alex-later", "fails", "panics", "hangs"];

/// The checks of the guards that wait.
async fn decide(guard: &str, user: User, calls: Calls) -> Result<bool, &'static str> {
    match guard {
        "fails" => Err("the table of roles is locked"),
        "panics" => panic!("{ON_PURPOSE}"),
        "hangs" => {
            let _running = calls.guard_runs();
            pending().await
        }
        _ => Ok(is_alex(&user)),
    }
}

/// The age up to which a sign-in is recent for `/recent` and `/needs/recent`, in seconds.
pub(crate) const RECENT: u64 = 300;

/// The options of `/start`, from its query.
fn options(query: Option<&str>) -> SignInOptions {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.fold(SignInOptions::new(), |options, (name, value)| {
        let value = value.into_owned();
        match &*name {
            "scope" => options.scope(value),
            "return_to" => options.return_to(value),
            "prompt" => options.prompt(value),
            "login_hint" => options.login_hint(value),
            "ui_locales" => options.ui_locales(value),
            "max_age" => options.max_age(Duration::from_secs(value.parse().unwrap())),
            name => options.param(name, value),
        }
    })
}

/// A connection's view of its session, sent after the session's end.
async fn live_text(session: LiveSession) -> String {
    let end = session.ended().await;
    let tokens = session.refreshed_tokens();
    let tokens = tokens.map_or("none", |_| "newer tokens");
    format!("{}: {end}, {tokens}", session.user().id())
}

/// A way to drive a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Harness {
    /// The driver alone, in process.
    Bare,
    /// axum, over a socket.
    Tower,
    /// actix-web, over a socket.
    Actix,
    /// poem, over a socket.
    Poem,
}

impl Harness {
    /// All harnesses.
    pub const ALL: [Self; 4] = [Self::Bare, Self::Tower, Self::Actix, Self::Poem];

    /// Serves the toy application with these logins around it, the outermost first.
    pub fn serve(self, logins: Vec<Login>, mount: &'static str, calls: Calls) -> Served {
        let backend: Arc<dyn Backend> = match self {
            Self::Bare => Arc::new(bare::Bare {
                logins,
                mount,
                calls: calls.clone(),
            }),
            Self::Tower => tower::serve(logins, mount, calls.clone()),
            Self::Actix => actix::serve(logins, mount, calls.clone()),
            Self::Poem => poem::serve(logins, mount, calls.clone()),
        };
        Served { backend, calls }
    }
}

/// A served application. It stops when its last clone is dropped.
#[derive(Clone)]
pub struct Served {
    backend: Arc<dyn Backend>,
    calls: Calls,
}

/// # Panics
///
/// No answer came within the deadline.
impl Backend for Served {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        Box::pin(async move {
            let is_stream = request.target.starts_with(b"/live");
            let deadline = if is_stream { Duration::MAX } else { DEADLINE };
            let response = timeout(deadline, self.backend.send(request.clone())).await;
            let response = response.expect("an answer within the deadline");
            let target = String::from_utf8_lossy(&request.target);
            let path = target.split('?').next().unwrap_or_default();
            self.calls.answered(Exchange {
                url: Url::parse(APP).unwrap().join(path).unwrap(),
                request,
                response: response.clone(),
            });
            response
        })
    }
}

impl fmt::Display for Harness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bare => "bare",
            Self::Tower => "tower",
            Self::Actix => "actix",
            Self::Poem => "poem",
        })
    }
}
