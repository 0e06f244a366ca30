//! `cargo run -p recipes --example three`: three instances of the recipe `production` on this machine, with nginx, Redis,
//! Prometheus (if it is installed) and the dev server. Ctrl-C stops all of them.

use std::process::{Command, ExitCode};

use fncy_login_tests::real_server::fleet::{Fleet, NGINX};
use fncy_login_tower::Login;
use recipes::operations::production;
use site::StartError;

/// The port of nginx.
const PORT: u16 = 3000;
/// The argument of an instance.
const INSTANCE: &str = "instance";

#[tokio::main]
async fn main() -> ExitCode {
    let is_instance = std::env::args().nth(1).is_some_and(|name| name == INSTANCE);
    site::exit_code(if is_instance {
        instance().await
    } else {
        fleet().await
    })
}

async fn instance() -> Result<(), StartError> {
    production::init()?;
    production::run(Login::builder().env(), production::Settings::from_env()?).await
}

#[expect(clippy::print_stdout, reason = "it talks to the person who ran it")]
async fn fleet() -> Result<(), StartError> {
    let program = std::env::current_exe()?;
    let command = || {
        let mut command = Command::new(&program);
        command.arg(INSTANCE);
        command
    };
    let fleet = Fleet::start(PORT, NGINX, command).await;
    let fleet = fleet.ok_or("Install nginx and redis-server first.")?;
    println!(
        "Open {}/ and sign in as one of the demo users.",
        fleet.origin
    );
    println!("FNCY: {}", fleet.dev_server.base_url());
    println!("Redis: {}", fleet.redis.url());
    if let Some(prometheus) = &fleet.prometheus {
        println!("Prometheus: http://{}", prometheus.address);
    }
    for instance in &fleet.instances {
        let (listen, operations) = (instance.listen, instance.operations);
        println!(
            "instance: process {}, http://{listen}, http://{operations}/metrics, log {}",
            instance.pid(),
            instance.log().display()
        );
    }
    site::interrupted().await;
    Ok(())
}
