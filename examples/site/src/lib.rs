//! What the example sites share, and what is not about login or frameworks: the pages, the
//! call of the user data endpoint, the dev server, the address to listen on, the way to stop.
//!
//! The login itself stands in `main.rs` of `axum-site` and of `actix-site`, and what it protects in `lib.rs`.

mod listen;
pub mod live;
pub mod pages;
mod provider;
mod stop;
mod user_data;

use std::error::Error;
use std::process::ExitCode;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

pub use listen::{ListenError, listen};
pub use provider::Provider;
pub use stop::{all, interrupted, stopping, stopping_workers, until_stopped};
pub use user_data::{UserData, UserDataError};

/// Why a site does not start: a sentence for the person who started it.
pub type StartError = Box<dyn Error + Send + Sync>;

/// Sends log lines to standard error, so that an operator sees the codes of failed sign-ins.
/// The frameworks' own lines about their start are not among them.
///
/// If standard error takes no line, as on a full disk, the line is lost. tracing-subscriber would otherwise report that there
/// as well, and panic.
pub fn log_to_stderr() {
    let levels = Targets::new()
        .with_default(Level::INFO)
        .with_target("actix_server", Level::WARN)
        .with_target("poem", Level::WARN);
    tracing_subscriber::registry()
        .with(
            tracing_subscriber::fmt::layer()
                .with_writer(std::io::stderr)
                .log_internal_errors(false),
        )
        .with(levels)
        .init();
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
