//! An instance of the application: a process with a whole `Login`, which can be killed, suspended and started again.
//!
//! Rules:
//! - A process is a runtime of one thread with a clock that stands still unless the world moves it.
//! - Killed is dropped: each task ends where it waits. Suspended is not driven: answers arrive, and are read later.
//! - The handler says in headers whom it saw, by which session, and with which token.

use std::collections::HashMap;
use std::convert::Infallible;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use fncy_login::adapter::{Head, tokens};
use fncy_login::clock::Clock;
use fncy_login::{AuthContext, Login, LoginReply, Timestamp};
use fncy_login_simulated_redis::store;
use fncy_login_tower::FncyLoginLayer;
use http::{Request, Response};
use tokio::runtime::{RngSeed, Runtime};
use tokio::task::AbortHandle;
use tokio::time::{advance, sleep, sleep_until};
use tower_layer::Layer as _;
use tower_service::Service as _;

use crate::network::wires::{Answer, Outbox, Sent};
use crate::schedule::Time;

/// The address of the application, for browsers.
pub(crate) const ORIGIN: &str = "https://app.example";
/// The address of the provider.
pub(crate) const PROVIDER: &str = "https://fncy.example";
/// The world begins on 2030-01-01, in Unix seconds.
pub(crate) const BEGINNING: u64 = 1_893_456_000;

/// One of the processes that serve the application.
pub(crate) struct Instance {
    process: Option<Process>,
    is_suspended: bool,
    has_store: bool,
    /// How far its clock is from the world's, in milliseconds.
    skew: Arc<AtomicI64>,
    /// Requests that came while it was suspended.
    backlog: Vec<(u64, Request<()>)>,
}

struct Process {
    // Before the runtime: the login ends inside it.
    login: Login,
    outbox: Outbox,
    requests: HashMap<u64, AbortHandle>,
    runtime: Runtime,
}

/// The clock of a process.
struct ProcessClock {
    outbox: Outbox,
    skew: Arc<AtomicI64>,
}

impl Clock for ProcessClock {
    fn now(&self) -> Timestamp {
        let shown = self.outbox.now() as i64 + self.skew.load(Ordering::Relaxed);
        Timestamp::from_unix(BEGINNING.saturating_add_signed(shown.div_euclid(1_000)))
    }
}

impl Instance {
    /// A process that starts now. Without a store it has the login's own memory.
    pub(crate) fn start(now: Time, has_store: bool) -> Self {
        let mut instance = Self {
            process: None,
            is_suspended: false,
            has_store,
            skew: Arc::default(),
            backlog: Vec::new(),
        };
        instance.start_again(now);
        instance
    }

    pub(crate) fn start_again(&mut self, now: Time) {
        self.process = Some(Process::start(now, self.has_store, Arc::clone(&self.skew)));
    }

    /// Ends the process as `kill -9` does. Requests that it has not answered are lost.
    pub(crate) fn kill(&mut self) {
        self.process = None;
        self.is_suspended = false;
        self.backlog.clear();
    }

    pub(crate) fn suspend(&mut self) {
        self.is_suspended = self.process.is_some();
    }

    /// Lets a suspended process go on. All its timers that are due fire, and all answers that came are there.
    pub(crate) fn resume(&mut self, now: Time) {
        if !std::mem::take(&mut self.is_suspended) {
            return;
        }
        if let Some(process) = &mut self.process {
            let behind = now.saturating_sub(process.now());
            process
                .runtime
                .block_on(advance(Duration::from_millis(behind)));
            for (id, request) in std::mem::take(&mut self.backlog) {
                process.receive(id, request);
            }
        }
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.process.is_some()
    }

    /// Moves the clock of this instance away from the world's.
    pub(crate) fn set_skew(&self, seconds: i64) {
        self.skew.store(seconds * 1_000, Ordering::Relaxed);
    }

    /// A request arrives. Returns whether a process takes it.
    pub(crate) fn receive(&mut self, id: u64, request: Request<()>) -> bool {
        match &mut self.process {
            Some(_) if self.is_suspended => self.backlog.push((id, request)),
            Some(process) => process.receive(id, request),
            None => return false,
        }
        true
    }

    /// The browser has left: the server drops the request's future.
    pub(crate) fn abandon(&mut self, id: u64) {
        self.backlog.retain(|(waiting, _)| *waiting != id);
        let requests = self.process.as_mut().map(|process| &mut process.requests);
        if let Some(request) = requests.and_then(|requests| requests.remove(&id)) {
            request.abort();
        }
    }

    /// Runs until this time, or until something has left. Returns what has left, and whether the time has come.
    pub(crate) fn run_until(&mut self, time: Time) -> (Vec<(Time, Sent)>, bool) {
        let process = match &mut self.process {
            Some(process) if !self.is_suspended => process,
            _ => return (Vec::new(), true),
        };
        if process.now() >= time {
            return (Vec::new(), true);
        }
        let (outbox, until) = (&process.outbox, process.outbox.instant(time));
        process.runtime.block_on(async {
            tokio::select! {
                biased;
                () = outbox.filled() => {}
                () = sleep_until(until) => {}
            }
        });
        let sent = process.outbox.take();
        for (_, sent) in &sent {
            if let Sent::Answer { request, .. } = sent {
                process.requests.remove(request);
            }
        }
        (sent, process.now() >= time)
    }

    /// Whether the login has heard of its store.
    pub(crate) fn is_ready(&self) -> bool {
        let process = self.process.as_ref();
        process.is_some_and(|process| {
            let _context = process.runtime.enter();
            process.login.is_ready()
        })
    }

    /// The number of tasks that have not ended.
    pub(crate) fn tasks(&self) -> usize {
        let process = self.process.as_ref();
        process.map_or(0, |process| process.runtime.metrics().num_alive_tasks())
    }
}

impl Process {
    #[expect(
        clippy::expect_used,
        reason = "the world can't begin without a process"
    )]
    fn start(now: Time, has_store: bool, skew: Arc<AtomicI64>) -> Self {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let seed = RngSeed::from_bytes(&now.to_le_bytes());
        let runtime = runtime
            .enable_time()
            .start_paused(true)
            .rng_seed(seed)
            .build();
        let runtime = runtime.expect("a runtime without IO needs nothing of the system");
        let context = runtime.enter();
        let outbox = Outbox::new(now);
        let clock = ProcessClock {
            outbox: outbox.clone(),
            skew,
        };
        let mut builder = Login::builder()
            .env_from(environment())
            .clock(clock)
            .http_client(outbox.clone());
        if has_store {
            builder = builder.store(store(Arc::new(outbox.clone())));
        }
        let login = builder.build().expect("the settings are complete");
        drop(context);
        Self {
            login,
            outbox,
            requests: HashMap::new(),
            runtime,
        }
    }

    fn now(&self) -> Time {
        let _context = self.runtime.enter();
        self.outbox.now()
    }

    fn receive(&mut self, id: u64, request: Request<()>) {
        let layer = FncyLoginLayer::new(self.login.clone());
        let mut service = layer.layer(tower::service_fn(handle));
        let outbox = self.outbox.clone();
        let task = self.runtime.spawn(async move {
            let Ok(response) = service.call(request).await;
            let (parts, _) = response.into_parts();
            let told = parts.extensions.get::<LoginReply>();
            let answer = Answer {
                status: parts.status.as_u16(),
                code: told.and_then(|told| told.code()).map(|code| code.as_str()),
                headers: parts.headers,
            };
            outbox.send(Sent::Answer {
                request: id,
                answer,
            });
        });
        self.requests.insert(id, task.abort_handle());
    }
}

fn environment() -> impl Iterator<Item = (&'static str, String)> {
    [
        ("FNCY_BASE_URL", PROVIDER.to_owned()),
        ("FNCY_CLIENT_ID", "client".to_owned()),
        ("FNCY_CLIENT_SECRET", "the secret of the client".to_owned()),
        ("FNCY_REDIRECT_URI", format!("{ORIGIN}/auth/callback")),
        ("FNCY_AUTHORIZE_URL", format!("{PROVIDER}/authorize")),
        ("FNCY_TOKEN_URL", format!("{PROVIDER}/token")),
        ("FNCY_USERINFO_URL", format!("{PROVIDER}/me")),
        ("FNCY_REVOCATION_URL", format!("{PROVIDER}/revoke")),
        (
            "FNCY_COOKIE_SECRET",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=".to_owned(),
        ),
    ]
    .into_iter()
}

/// How long the application's own handler takes: a page, a slow one, and a download.
pub(crate) fn handler_time(path: &str) -> Time {
    match path {
        "/slow" => 1_500,
        "/download" => 24_000,
        _ => 0,
    }
}

/// The application's own handler.
async fn handle(request: Request<()>) -> Result<Response<()>, Infallible> {
    let mut response = Response::new(());
    let context = request.extensions().get::<AuthContext>().cloned();
    let Some((context, user)) = context.and_then(|context| {
        let user = context.user()?.clone();
        Some((context, user))
    }) else {
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        return Ok(response);
    };
    let tokens = tokens(&context, &RequestHead(&request)).ok();
    let path = request.uri().path();
    sleep(Duration::from_millis(handler_time(path))).await;
    match path {
        "/everywhere" if context.login().end_all_sessions(user.id()).await.is_err() => {
            *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
        }
        _ => {}
    }
    let token = tokens.map(|tokens| tokens.access_token().to_owned());
    let shown = [
        ("x-user", user.id().to_owned()),
        ("x-generation", user.session().generation().to_string()),
        ("x-token", token.unwrap_or_default()),
    ];
    for (name, value) in shown {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// The head of a request, for the tokens.
struct RequestHead<'a>(&'a Request<()>);

impl Head for RequestHead<'_> {
    fn method(&self) -> &str {
        self.0.method().as_str()
    }

    fn path(&self) -> &str {
        self.0.uri().path()
    }

    fn stripped_path(&self) -> Option<&str> {
        None
    }

    fn authority(&self) -> Option<&str> {
        None
    }

    fn query(&self) -> Option<&str> {
        self.0.uri().query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.0
            .headers()
            .get_all(name)
            .iter()
            .map(|value| value.as_bytes())
    }
}
