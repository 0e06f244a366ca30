//! What the two example sites share, and what is not about login or frameworks: the pages, the
//! call of the user data endpoint, the dev server, the address to listen on.
//!
//! The login itself stands in `main.rs` of `axum-site` and of `actix-site`.

mod listen;
pub mod pages;
mod provider;
mod user_data;

use std::error::Error;
use std::process::ExitCode;

pub use listen::{ListenError, listen};
pub use provider::Provider;
pub use user_data::{UserData, UserDataError};

/// Why a site does not start: a sentence for the person who started it.
pub type StartError = Box<dyn Error + Send + Sync>;

/// Sends log lines to standard error, so that an operator sees the codes of failed sign-ins.
pub fn log_to_stderr() {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
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
