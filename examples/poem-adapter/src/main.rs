//! `cargo run -p poem-adapter` and open the address that it prints.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use fncy_login::Login;
use poem::listener::TcpAcceptor;
use poem::{EndpointExt as _, Route, Server, get, handler};
use poem_adapter::{CurrentUser, FncyLogin};
use site::{Provider, StartError};
use tokio::task::JoinSet;

#[handler]
async fn home(user: CurrentUser) -> String {
    format!("Hello, {}", user.name().unwrap_or(user.id()))
}

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
        .build()?;
    let layer = FncyLogin::new(login.clone());
    let app = Arc::new(Route::new().at("/", get(home)).with(layer));

    let mut servers = JoinSet::new();
    for listener in site::listen(&login)? {
        let server = Server::new_with_acceptor(TcpAcceptor::from_std(listener)?);
        let (app, stopped) = (
            Arc::clone(&app),
            site::stopping(login.clone(), Duration::ZERO),
        );
        servers.spawn(server.run_with_graceful_shutdown(app, stopped, None));
    }
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, site::all(servers)).await
}
