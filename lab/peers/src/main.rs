//! The same request as in `lab/benches`, done by others; and the primitives that all of them rest on.
//!
//! Rules: everything of a table is measured in one run, in turns; a peer is set up as its own
//! documentation says; it keeps the same session, and its handler learns who asks.

#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that can't do its work has no result to give"
)]
#![expect(clippy::print_stdout, reason = "a command line tool")]

mod actix_openidconnect;
mod actix_session;
mod axum_login;
mod axum_oidc;
mod axum_oidc_client;
mod axum_session;
mod browser;
mod jars;
mod primitives;
mod provider;
mod requests;
mod ruts;
mod session;
mod tower_sessions;

use std::process::ExitCode;

const HELP: &str = "\
fncy-login-peers             measures requests, ours and others'
fncy-login-peers primitives  measures what they rest on";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    actix_web::rt::System::new().block_on(async {
        match arguments.as_slice() {
            [] => requests::table().await,
            ["primitives"] => primitives::table().await,
            _ => {
                println!("{HELP}");
                return ExitCode::from(2);
            }
        }
        ExitCode::SUCCESS
    })
}
