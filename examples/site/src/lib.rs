//! What the example sites share, and what is not about login or frameworks: the pages, the
//! call of the user data endpoint, the dev server, the address to listen on.
//!
//! The login itself stands in `main.rs` of `axum-site` and of `actix-site`, and what it protects in `lib.rs`.

mod listen;
pub mod live;
pub mod pages;
mod provider;
mod user_data;

use std::error::Error;
use std::process::ExitCode;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use listen::{ListenError, listen};
pub use provider::Provider;
pub use user_data::{UserData, UserDataError};

/// Why a site does not start: a sentence for the person who started it.
pub type StartError = Box<dyn Error + Send + Sync>;

/// Sends log lines to standard error, so that an operator sees the codes of failed sign-ins.
/// The frameworks' own lines about their start are not among them.
pub fn log_to_stderr() {
    let levels = Targets::new()
        .with_default(Level::INFO)
        .with_target("actix_server", Level::WARN)
        .with_target("poem", Level::WARN);
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(levels)
        .init();
}

/// Waits for Ctrl-C, or for SIGTERM, by which systemd, Docker and Kubernetes stop a process. One that can't be
/// noticed ends the process at once, as everywhere.
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

/// Ends the program: with the error as a sentence and code 1, if there is one.
#[expect(clippy::print_stderr, reason = "it talks to the person who ran it")]
pub fn exit_code(result: Result<(), StartError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
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
