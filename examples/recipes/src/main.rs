//! `cargo run -p recipes -- htmx`, or another recipe's name, and open the address that it prints.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use fncy_login_actix::FncyLogin;
use fncy_login_tower::{Login, LoginBuilder, WrappedRouter};
use recipes::accounts::own_roles::Editors;
use recipes::accounts::users::Users;
use recipes::accounts::{cart, device_bound, devices, own_roles, roles, users};
use recipes::front_ends::{htmx, spa, templates};
use recipes::operations::audit::Audit;
use recipes::operations::nginx::Paths;
use recipes::operations::{audit, nginx, production};
use recipes::services::{fncy_api, fncy_proxy, machine, mobile};
use recipes::sign_ins::{confirm, languages, tenants};
use rusqlite::Connection;
use site::{Provider, StartError};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> ExitCode {
    let name = std::env::args().nth(1).unwrap_or_default();
    site::exit_code(run(&name).await)
}

async fn run(name: &str) -> Result<(), StartError> {
    if name == "production" {
        production::init()?;
    } else {
        site::log_to_stderr();
    }
    let provider = Provider::from_env()?;
    // The dev server's settings; with a real server, there are none.
    let login = Login::builder().env().env_from(provider.settings());
    if name == "production" {
        return production::run(login, production::Settings::from_env()?).await;
    }
    if name == "roles" {
        return serve_actix(&provider, roles::login(login)?, roles::configure).await;
    }
    if name == "languages" {
        return serve_actix(&provider, languages::login(login)?, languages::configure).await;
    }
    let app = app(name, login, &provider)?;
    let listeners = match name {
        "nginx" => vec![listen(nginx::UPSTREAM)?],
        _ => site::listen(app.login())?,
    };
    serve(&provider, app, listeners).await
}

fn listen(address: &str) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Shows what a mobile application sends, and returns the address of the introspection endpoint.
#[expect(clippy::print_stdout, reason = "it talks to the person who ran it")]
fn phone(provider: &Provider) -> Result<String, StartError> {
    let server = provider.dev_server().ok_or(
        "The recipe `mobile` runs with the dev server; for a real FNCY, change `phone` in main.rs.",
    )?;
    let token = server.token_for("alex", mobile::CLIENT_ID, "profile")?;
    println!("A mobile application sends for example:");
    println!("curl -H 'Authorization: Bearer {token}' http://localhost:3000/api/orders");
    Ok(server.introspection_url())
}

fn app(name: &str, login: LoginBuilder, provider: &Provider) -> Result<WrappedRouter, StartError> {
    Ok(match name {
        // In memory: a recipe leaves no file behind.
        "audit" => audit::app(login, Audit::new(Connection::open_in_memory()?)?)?,
        "cart" => cart::app(login)?,
        "confirm" => confirm::app(login)?,
        "device_bound" => device_bound::app(login)?,
        "devices" => devices::app(login)?,
        "fncy_api" => fncy_api::app(login, provider.userinfo_url().parse()?)?,
        "fncy_proxy" => fncy_proxy::app(login, provider.userinfo_url().parse()?)?,
        "htmx" => htmx::app(login)?,
        "machine" => machine::app(login)?,
        "mobile" => mobile::app(login, &phone(provider)?)?,
        "nginx" => nginx::app(login, Paths::Whole)?,
        "spa" => spa::app(login)?,
        "templates" => templates::app(login)?,
        "own_roles" => own_roles::app(login, Editors::new(Connection::open_in_memory()?)?)?,
        "tenants" => tenants::app(login)?,
        "users" => users::app(login, Users::new(Connection::open_in_memory()?)?)?,
        _ => return Err("Say which recipe: examples/README.md has their names.".into()),
    })
}

async fn serve(
    provider: &Provider,
    app: WrappedRouter,
    listeners: Vec<std::net::TcpListener>,
) -> Result<(), StartError> {
    let (mut servers, login) = (JoinSet::new(), app.login());
    for listener in listeners {
        let server = axum::serve(TcpListener::from_std(listener)?, app.clone())
            .with_graceful_shutdown(site::stopping(login.clone(), Duration::ZERO));
        servers.spawn(server.into_future());
    }
    provider.announce(login);
    site::until_stopped(login, Duration::ZERO, site::all(servers)).await
}

async fn serve_actix(
    provider: &Provider,
    login: Login,
    routes: fn(&mut ServiceConfig),
) -> Result<(), StartError> {
    let layer = FncyLogin::new(login.clone());
    let app = move || App::new().wrap(layer.clone()).configure(routes);
    let mut server = HttpServer::new(app).shutdown_signal(site::stopping_workers(login.clone()));
    for listener in site::listen(&login)? {
        server = server.listen(listener)?;
    }
    provider.announce(&login);
    site::until_stopped(&login, Duration::ZERO, server.run()).await
}
