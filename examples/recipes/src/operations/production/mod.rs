//! An application in production: a store, metrics, probes, JSON log lines, an audit log, and a stop that loses nothing.
//!
//! Use it for an application with several instances and a proxy. It has two listeners. Strangers reach the first
//! through the proxy. The second is for the operator alone (`probes.rs`). axum has no limit for slow headers, so let
//! strangers connect only through a proxy.
//!
//! | variable | default | |
//! | --- | --- | --- |
//! | `LISTEN` | `127.0.0.1:3000` | where the proxy finds the application |
//! | `OPERATIONS_LISTEN` | `127.0.0.1:9000` | `/metrics`, `/live`, `/ready` and `/health` |
//! | `TRUST_PROXY` | | `1` if only the proxy reaches `LISTEN`: its `X-Request-Id` and `X-Real-IP` count |
//! | `STOP_PAUSE` | `5` | seconds after SIGTERM in which the proxy's probe notices that the instance is not ready |
//! | `RUST_LOG` | `info` | levels of log lines, such as `info,fncy_login=debug` |
//!
//! Beside these it reads the settings of the login, and `FNCY_REDIS_URL`.

mod log;
mod probes;
mod requests;

use std::net::SocketAddr;
use std::time::Duration;

use axum::response::Html;
use axum::routing::get;
use axum::{Router, middleware};
use fncy_login_redis::RedisStore;
use fncy_login_tower::store::SharedStore;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, Login, LoginBuilder};
use maud::html;
use site::StartError;
use tokio::net::TcpListener;

pub use self::log::init;
use self::probes::probes;
use self::requests::{Requests, observe};
use crate::page::{page, style};

/// The application's own settings.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Where the proxy finds the application.
    pub listen: SocketAddr,
    /// Where the operator finds metrics and probes.
    pub operations: SocketAddr,
    /// Whether headers of the proxy count.
    pub trusts_proxy: bool,
    /// How long the server goes on after the signal to stop.
    pub pause: Duration,
}

impl Settings {
    /// The settings of the environment.
    ///
    /// # Errors
    ///
    /// If a value can't be read.
    pub fn from_env() -> Result<Self, StartError> {
        let seconds = variable("STOP_PAUSE", "5").parse();
        let seconds = seconds.map_err(|_| "STOP_PAUSE is no number of seconds; write 5.")?;
        Ok(Self {
            listen: address("LISTEN", "127.0.0.1:3000")?,
            operations: address("OPERATIONS_LISTEN", "127.0.0.1:9000")?,
            trusts_proxy: variable("TRUST_PROXY", "") == "1",
            pause: Duration::from_secs(seconds),
        })
    }
}

fn address(name: &str, default: &str) -> Result<SocketAddr, StartError> {
    let address = variable(name, default).parse();
    Ok(address.map_err(|_| format!("{name} is no address; write {default}."))?)
}

#[expect(clippy::disallowed_methods, reason = "the application's own settings")]
fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

/// Serves until SIGTERM or Ctrl-C. `login` has the settings of the login.
///
/// # Errors
///
/// If a setting is missing or wrong, or an address can't be listened on.
pub async fn run(login: LoginBuilder, settings: Settings) -> Result<(), StartError> {
    // Before the login, which counts from its build on.
    let metrics = probes::install()?;
    let (app, login) = app(login, RedisStore::from_env()?, settings.trusts_proxy)?;
    let operations = TcpListener::bind(settings.operations).await?;
    let listener = TcpListener::bind(settings.listen).await?;
    let probes = probes(login.clone(), metrics);
    // It has no graceful end, since it tells of the end to the last moment.
    tokio::spawn(axum::serve(operations, probes).into_future());
    let server = axum::serve(listener, app)
        .with_graceful_shutdown(site::stopping(login.clone(), settings.pause));
    site::until_stopped(&login, settings.pause, server.into_future()).await
}

/// The application and its login.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(
    login: LoginBuilder,
    store: impl SharedStore,
    trusts_proxy: bool,
) -> Result<(Router, Login), ConfigError> {
    let login = login
        .public_path("/site.css")
        .store(store)
        .hook_headers([requests::ID])
        .client_address(move |headers| {
            let address = headers.last("x-real-ip").filter(|_| trusts_proxy);
            address?.parse().ok()
        })
        .on_event(log::audit)
        .build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style));
    let requests = Requests {
        login: login.clone(),
        trusts_proxy,
    };
    let app = FncyLoginLayer::new(login.clone()).wrap(routes);
    // Around the login, so that its lines have the request's id.
    let observed = middleware::from_fn_with_state(requests, observe);
    Ok((Router::new().fallback_service(app).layer(observed), login))
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "This is the process " (std::process::id()) ". The other instances know you too." }
    };
    Html(page("In production", Some(&user), &main))
}

#[cfg(test)]
mod tests;
