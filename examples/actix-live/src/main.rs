//! `cargo run -p actix-live`, and open the address that it prints in two tabs: sign out in one, and
//! look at the other.

use std::process::ExitCode;
use std::time::Duration;

use actix_web::{App, HttpServer};
use fncy_login_actix::{FncyLogin, Login};
use site::{Provider, StartError};

#[actix_web::main]
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
    let layer = FncyLogin::new(login.clone());
    let mut server = HttpServer::new(move || {
        App::new()
            .wrap(layer.clone())
            .configure(actix_live::configure)
    })
    .shutdown_signal(site::stopping_workers(login.clone()));
    for listener in site::listen(&login)? {
        server = server.listen(listener)?;
    }
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, server.run()).await
}
