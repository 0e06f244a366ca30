//! `cargo run -p recipes -- htmx`, or another recipe's name, and open the address that it prints.

use std::process::ExitCode;

use axum::Router;
use fncy_login_tower::{Builder, Login};
use recipes::{htmx, spa, templates};
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
    // The dev server's settings; with a real server, there are none.
    let login = Login::builder().env().vars(provider.settings());
    let site = login.clone().build()?;
    let app = app(login)?;

    let mut servers = JoinSet::new();
    for listener in site::listen(&site)? {
        let server = axum::serve(TcpListener::from_std(listener)?, app.clone())
            .with_graceful_shutdown(site::interrupted());
        servers.spawn(server.into_future());
    }
    provider.announce(&site);
    while let Some(served) = servers.join_next().await {
        served??;
    }
    Ok(())
}

fn app(login: Builder) -> Result<Router, StartError> {
    let name = std::env::args().nth(1).unwrap_or_default();
    Ok(match name.as_str() {
        "htmx" => htmx::app(login)?,
        "spa" => spa::app(login)?,
        "templates" => templates::app(login)?,
        _ => return Err("Say which recipe: htmx, spa or templates.".into()),
    })
}
