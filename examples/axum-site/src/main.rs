//! `cargo run -p axum-site` and open the address that it prints.

use std::process::ExitCode;
use std::time::Duration;

use fncy_login_tower::{Login, SignInOptions};
use site::{Provider, StartError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> ExitCode {
    site::log_to_stderr();
    site::exit_code(run().await)
}

async fn run() -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let login = Login::builder()
        .env()
        .env_from(provider.settings()) // the dev server's; with a real server, there are none
        .public_path("/")
        .public_path("/site.css")
        .intent("calendar", SignInOptions::new().scope("calendar.read"))
        .build()?;
    let app = axum_site::app(login.clone(), provider.user_data()?);

    let mut servers = JoinSet::new();
    for listener in site::listen(&login)? {
        let server = axum::serve(TcpListener::from_std(listener)?, app.clone())
            .with_graceful_shutdown(site::stopping(login.clone(), Duration::ZERO));
        servers.spawn(server.into_future());
    }
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, site::all(servers)).await
}
