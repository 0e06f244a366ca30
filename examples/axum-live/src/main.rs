//! `cargo run -p axum-live`, and open the address that it prints in two tabs: sign out in one, and
//! look at the other.

use std::process::ExitCode;

use fncy_login_tower::Login;
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
        .env_from(provider.settings())
        .public_path("/site.css")
        .build()?;
    let app = axum_live::app(login.clone());
    let mut servers = JoinSet::new();
    for listener in site::listen(&login)? {
        let listener = TcpListener::from_std(listener)?;
        servers.spawn(axum::serve(listener, app.clone()).into_future());
    }
    provider.announce(&login);
    let serve = async {
        while let Some(served) = servers.join_next().await {
            served??;
        }
        Ok(())
    };
    // Connections that go on for ever end with the process.
    tokio::select! {
        () = site::interrupted() => Ok(()),
        served = serve => served,
    }
}
