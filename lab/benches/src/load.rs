//! Requests a second over loopback: the framework bare, and with the login around it, in turns.
//!
//! Rule: a server has one thread, so that wrk has the other core of a small machine.

use std::convert::Infallible;
use std::net::TcpListener;
use std::process::Command;
use std::thread;

use actix_web::{App, HttpServer, web};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, ServiceExt as _};
use fncy_login::Login;
use tower::Service;

use crate::sample::{Provider, TOKEN_LEN, sign_in};

const ROUNDS: usize = 5;
const SECONDS: u64 = 3;
const CONNECTIONS: usize = 64;

/// A server, and what wrk measured of it.
struct Served {
    name: &'static str,
    address: String,
    rates: Vec<f64>,
}

/// An application of actix-web, whose type has no name.
macro_rules! actix_served {
    ($name:literal, $app:expr) => {{
        let listener = listener();
        let address = address(&listener);
        thread::spawn(move || {
            let server = HttpServer::new(move || $app.route("/", web::get().to(hello)));
            let server = server
                .workers(1)
                .disable_signals()
                .listen(listener)
                .unwrap();
            actix_web::rt::System::new().block_on(server.run())
        });
        Served::new($name, address)
    }};
}

/// Prints the medians and their ratios to the bare framework.
#[expect(clippy::print_stdout, reason = "a table for people")]
pub async fn run() {
    let provider = Provider::start().await;
    let login = provider.login(|builder| builder);
    let cookies = sign_in(&login, TOKEN_LEN).await;
    let mut all = vec![
        axum_served("axum, bare", Router::new().route("/", get(hello))),
        axum_served("axum, Router::layer", axum_router().layer(layer(&login))),
        axum_served("axum, wrap", layer(&login).wrap(axum_router())),
        actix_served!("actix-web, bare", App::new()),
        actix_served!("actix-web, wrap", {
            let layer = fncy_login_actix::FncyLogin::new(login.clone());
            App::new().wrap(layer)
        }),
    ];
    for _ in 0..ROUNDS {
        for served in &mut all {
            served.rates.push(requests_a_second(
                &served.address,
                &cookies,
                CONNECTIONS,
                SECONDS,
            ));
        }
    }
    println!("| what | requests a second | of bare |\n| --- | --: | --: |");
    let mut bare = 0.0;
    for Served {
        name, mut rates, ..
    } in all
    {
        rates.sort_by(f64::total_cmp);
        let rate = rates[ROUNDS / 2];
        if name.ends_with("bare") {
            bare = rate;
        }
        println!("| {name} | {rate:.0} | {:.2} |", rate / bare);
    }
}

async fn hello() -> &'static str {
    "hello"
}

fn layer(login: &Login) -> fncy_login_tower::FncyLoginLayer {
    fncy_login_tower::FncyLoginLayer::new(login.clone())
}

fn axum_router() -> Router {
    async fn hello(user: fncy_login_tower::CurrentUser) -> &'static str {
        assert!(!user.id().is_empty());
        "hello"
    }
    Router::new().route("/", get(hello))
}

fn axum_served<S>(name: &'static str, app: S) -> Served
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    let listener = listener();
    let address = address(&listener);
    thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app.into_make_service()).await
        })
    });
    Served::new(name, address)
}

/// A free port on loopback.
pub fn listener() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

fn address(listener: &TcpListener) -> String {
    format!("http://{}/", listener.local_addr().unwrap())
}

impl Served {
    fn new(name: &'static str, address: String) -> Self {
        Self {
            name,
            address,
            rates: Vec::new(),
        }
    }
}

/// What wrk measures with these cookies; every answer must be a 200.
pub fn requests_a_second(address: &str, cookies: &str, connections: usize, seconds: u64) -> f64 {
    let wrk = Command::new("wrk")
        .args(["-t1", "-c", &connections.to_string()])
        .args(["-d", &format!("{seconds}s")])
        .args(["-H", &format!("Cookie: {cookies}"), address])
        .output()
        .unwrap();
    let said = String::from_utf8(wrk.stdout).unwrap();
    assert!(!said.contains("Non-2xx"), "{said}");
    let (_, rate) = said.split_once("Requests/sec:").unwrap();
    rate.split_whitespace().next().unwrap().parse().unwrap()
}
