//! The end of an example, in the order that loses nothing.
//!
//! ```text
//! SIGTERM --> Login::drain: not ready --> pause --> the server finishes its requests --> the wait for the drain
//! ```
//!
//! Rule: each wait has an end. systemd, Docker and Kubernetes kill a process that takes too long.

use std::io;
use std::time::Duration;

use fncy_login::Login;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use crate::StartError;

/// The time for the requests under way and for the login's work, after the pause. With a pause of 5 seconds, the process
/// ends within the 30 seconds that Kubernetes waits.
const LONGEST: Duration = Duration::from_secs(20);
/// The time for the login's work, if requests have taken all the time.
const LEAST: Duration = Duration::from_secs(3);

/// Waits for SIGTERM or Ctrl-C, makes the instance unready, and goes on for the pause. Then the server takes no more
/// requests.
pub async fn stopping(login: Login, pause: Duration) {
    interrupted().await;
    tracing::info!("stopping");
    // Awaited after the server.
    drop(login.drain());
    sleep(pause).await;
}

/// The same for actix-web, whose workers drop their tasks when they end. So the login's work comes to its end before.
pub async fn stopping_workers(login: Login) {
    stopping(login.clone(), Duration::ZERO).await;
    drained(&login, Instant::now() + LONGEST).await;
}

/// Runs a server until it has finished its requests, and then waits for the login.
///
/// # Errors
///
/// If the server fails.
pub async fn until_stopped(
    login: &Login,
    pause: Duration,
    server: impl Future<Output = io::Result<()>>,
) -> Result<(), StartError> {
    let mut end = None;
    let late = async {
        interrupted().await;
        let until = Instant::now() + pause + LONGEST;
        end = Some(until);
        sleep_until(until).await;
    };
    tokio::select! {
        served = server => served?,
        () = late => tracing::warn!("requests were cut off"),
    }
    let least = Instant::now() + LEAST;
    drained(login, end.map_or(least, |end| end.max(least))).await;
    tracing::info!("stopped");
    Ok(())
}

/// Serves on several addresses until the last server has ended.
///
/// # Errors
///
/// If one fails.
pub async fn all(mut servers: JoinSet<io::Result<()>>) -> io::Result<()> {
    while let Some(served) = servers.join_next().await {
        served??;
    }
    Ok(())
}

async fn drained(login: &Login, end: Instant) {
    if timeout_at(end, login.drain()).await.is_err() {
        tracing::warn!("work of the login was lost");
    }
}

/// Waits for Ctrl-C, or for SIGTERM, by which systemd, Docker and Kubernetes stop a process. If a signal can't be
/// caught, it ends the process at once.
pub async fn interrupted() {
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        Some(()) = terminated() => {}
        else => std::future::pending().await,
    }
}

#[cfg(unix)]
async fn terminated() -> Option<()> {
    use tokio::signal::unix::{SignalKind, signal};

    signal(SignalKind::terminate()).ok()?.recv().await
}

#[cfg(not(unix))]
async fn terminated() -> Option<()> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, id};
    use std::time::Duration;

    #[tokio::test]
    async fn a_site_ends_on_sigterm_as_on_sigint() {
        for signal in ["-INT", "-TERM"] {
            let stopped = tokio::spawn(super::interrupted());
            // It listens from its first poll on.
            tokio::task::yield_now().await;
            let pid = id().to_string();
            let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
            assert!(sent.success());
            let stopped = tokio::time::timeout(Duration::from_secs(5), stopped).await;
            assert!(stopped.is_ok(), "{signal} was not noticed");
        }
    }
}
