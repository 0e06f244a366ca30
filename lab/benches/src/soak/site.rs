//! A site in a process of its own: a page that needs a user and a page that doesn't. Both name the user of the request.
//!
//! Rule: only what a long run could make grow is measured of it.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use actix_web::{App, HttpServer, web};
use axum::Router;
use axum::routing::get;
use fncy_login::Login;
use fncy_login_redis::RedisStore;
use hyper::header::HeaderValue;
use tokio::runtime::{Handle, Runtime};

use crate::load::listener;
use crate::memory;
use crate::subprocess::{Subprocess, answer};

/// What the process is started with, beside the framework's name.
pub const COMMAND: &str = "soak-site";
/// The variable with the number that the process writes into the trace of its requests to the provider.
pub const NUMBER: &str = "SOAK_NUMBER";
/// The page that needs a user.
pub const PROTECTED: &str = "/protected";
/// The page that doesn't.
pub const PUBLIC: &str = "/public";
/// Whose a request is that has no user.
pub const NOBODY: &str = "nobody";

const WORKERS: usize = 2;
/// glibc's allocator gives pages back late and keeps a heap for each thread: its habits would hide a
/// growth of ours.
const ALLOCATOR: [(&str, &str); 2] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];

/// A framework that the login has an adapter for.
#[derive(Clone, Copy)]
pub struct Framework {
    /// Its name.
    pub name: &'static str,
    serve: fn(TcpListener, Login) -> Vec<Handle>,
}

impl Framework {
    /// Both.
    pub const ALL: [Self; 2] = [
        Self {
            name: "axum",
            serve: serve_axum,
        },
        Self {
            name: "actix-web",
            serve: serve_actix,
        },
    ];

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|framework| framework.name == name)
    }
}

/// The process, which ends with this.
pub struct Site {
    process: Subprocess,
    /// Where it listens.
    pub address: String,
}

/// What a long run could make grow.
#[derive(Clone, Copy, Debug)]
pub struct Grown {
    /// Memory, in megabytes.
    pub memory: u64,
    /// The most of it so far.
    pub most_memory: u64,
    /// Tasks of its runtimes that have not ended.
    pub tasks: u64,
    /// Threads.
    pub threads: u64,
    /// Open files and sockets.
    pub files: u64,
}

impl Site {
    /// Starts it with the settings of its login.
    pub fn start(framework: Framework, settings: &[(String, String)]) -> Self {
        let allocator = ALLOCATOR.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let vars = [settings, &allocator].concat();
        let process = Subprocess::start(&[COMMAND, framework.name], &vars);
        let address = process.greeting[0].1.clone();
        Self { process, address }
    }

    /// Sends it a signal, such as `STOP`.
    pub fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// What has grown.
    pub fn grown(&mut self) -> Grown {
        let [memory, most_memory, tasks, threads, files] = self.process.ask();
        Grown {
            memory,
            most_memory,
            tasks,
            threads,
            files,
        }
    }
}

/// What the process does.
#[expect(clippy::disallowed_methods, reason = "the settings of a process")]
pub fn serve(framework: Framework) {
    let listener = listener();
    let number = std::env::var(NUMBER).unwrap();
    let number = HeaderValue::from_str(&number).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let login = Login::builder()
        .env()
        .store(RedisStore::from_env().unwrap())
        .public_path(PUBLIC)
        .trace_context(move |headers| {
            headers.insert("traceparent", number.clone());
        })
        .build()
        .unwrap();
    let runtimes = (framework.serve)(listener, login);
    answer([("address", address)], || {
        let tasks = |runtime: &Handle| runtime.metrics().num_alive_tasks() as u64;
        let tasks = runtimes.iter().map(tasks).sum();
        [
            memory::held(),
            memory::most(),
            tasks,
            memory::threads(),
            memory::files(),
        ]
    });
}

fn serve_axum(listener: TcpListener, login: Login) -> Vec<Handle> {
    use fncy_login_tower::{CurrentUser, FncyLoginLayer};
    async fn whose(user: Option<CurrentUser>) -> String {
        user.map_or_else(|| NOBODY.to_owned(), |user| user.id().to_owned())
    }
    let app = Router::new()
        .route(PROTECTED, get(whose))
        .route(PUBLIC, get(whose))
        .layer(FncyLoginLayer::new(login));
    let (started, runtime) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let runtime = Runtime::new().unwrap();
        started.send(runtime.handle().clone()).unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await
        })
    });
    vec![runtime.recv().unwrap()]
}

fn serve_actix(listener: TcpListener, login: Login) -> Vec<Handle> {
    use fncy_login_actix::{CurrentUser, FncyLogin};
    async fn whose(user: Option<CurrentUser>) -> String {
        user.map_or_else(|| NOBODY.to_owned(), |user| user.id().to_owned())
    }
    let (started, runtimes) = std::sync::mpsc::channel();
    let started = Arc::new(Mutex::new(started));
    thread::spawn(move || {
        let server = HttpServer::new(move || {
            started.lock().unwrap().send(Handle::current()).unwrap();
            App::new()
                .wrap(FncyLogin::new(login.clone()))
                .route(PROTECTED, web::get().to(whose))
                .route(PUBLIC, web::get().to(whose))
        });
        let server = server
            .workers(WORKERS)
            .disable_signals()
            .listen(listener)
            .unwrap();
        actix_web::rt::System::new().block_on(server.run())
    });
    runtimes.iter().take(WORKERS).collect()
}
