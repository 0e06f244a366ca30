//! `cargo run -p axum-live`, and open the address that it prints in two tabs: sign out in one, and
//! look at the other.

use std::process::ExitCode;
use std::time::Duration;

use fncy_login_tower::Login;
use site::{Provider, StartError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// WebSockets end within three seconds after the signal. axum doesn't wait for them, since they are no requests.
const PAUSE: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> ExitCode {
    site::log_to_stderr();
    site::exit_code(run().await)
}

async fn run() -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let login = Login::builder()
        .env()
        .env_from(provider.settings())
        .public_path("/site.css")
        .build()?;
    let app = axum_live::app(login.clone());
    let mut servers = JoinSet::new();
    for listener in site::listen(&login)? {
        let listener = TcpListener::from_std(listener)?;
        let server = axum::serve(listener, app.clone())
            .with_graceful_shutdown(site::stopping(login.clone(), PAUSE));
        servers.spawn(server.into_future());
    }
    provider.announce(&login);
    site::until_stopped(&login, PAUSE, site::all(servers)).await
}
