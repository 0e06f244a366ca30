//! What the recipes for axum share: the dev server, the address to listen on, and the stop.

use std::process::ExitCode;
use std::time::Duration;

use fncy_login_tower::{Login, LoginBuilder, WrappedRouter};
use site::{Provider, StartError};
use tokio::net::TcpListener;

/// Serves an application until Ctrl-C.
pub async fn serve(
    app: impl FnOnce(LoginBuilder, &Provider) -> Result<WrappedRouter, StartError>,
) -> ExitCode {
    site::log_to_stderr();
    site::exit_code(try_serve(app).await)
}

async fn try_serve(
    app: impl FnOnce(LoginBuilder, &Provider) -> Result<WrappedRouter, StartError>,
) -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let app = app(
        Login::builder().env().env_from(provider.settings()),
        &provider,
    )?;
    let login = app.login().clone();
    let listener = site::listen(&login)?.remove(0);
    let server = axum::serve(TcpListener::from_std(listener)?, app)
        .with_graceful_shutdown(site::stopping(login.clone(), Duration::ZERO));
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, server.into_future()).await
}
