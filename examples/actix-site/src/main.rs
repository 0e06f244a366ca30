//! `cargo run -p actix-site` and open the address that it prints.

use std::process::ExitCode;
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{App, HttpServer};
use fncy_login_actix::{FncyLogin, Login, SignInOptions};
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
        .env_from(provider.settings()) // the dev server's; with a real server, there are none
        .public_path("/")
        .public_path("/site.css")
        .intent("calendar", SignInOptions::new().scope("calendar.read"))
        .build()?;

    let user_data = Data::new(provider.user_data()?);
    let layer = FncyLogin::new(login.clone());
    let mut server = HttpServer::new(move || {
        App::new()
            .wrap(layer.clone())
            .app_data(user_data.clone())
            .configure(actix_site::configure)
    })
    .shutdown_signal(site::stopping_workers(login.clone()));
    for listener in site::listen(&login)? {
        server = server.listen(listener)?;
    }
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, server.run()).await
}
