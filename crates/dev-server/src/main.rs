//! The development server as a program: `fncy-dev-server --port 4000`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to the person who ran it"
)]

use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use fncy_dev_server::DevServer;

const HELP: &str = "\
A stand-in for the FNCY authorization server, for development.

Usage: fncy-dev-server [--port N] [--token-life SECONDS]

  --port N              Listen on 127.0.0.1 port N (default 4000; 0: one that is free)
  --token-life SECONDS  How long an access token is good for (default 300, short enough to
                        meet a renewal while developing)
  --help                Show this

It listens on loopback only; there is no option for another address.
";

/// Where the application is that the greeting has settings for.
const APP: &str = "http://localhost:3000";

enum Command {
    Help,
    Serve {
        port: u16,
        token_life: Option<NonZeroU32>,
    },
}

fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("fncy-dev-server: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let (port, token_life) = match command {
        Command::Help => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Command::Serve { port, token_life } => (port, token_life),
    };
    let mut builder = DevServer::builder().port(port);
    if let Some(seconds) = token_life {
        builder = builder.access_token_life(Duration::from_secs(seconds.get().into()));
    }
    match builder.start() {
        Ok(server) => {
            print!("{}", greeting(&server));
            server.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fncy-dev-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut port = 4000;
    let mut token_life = None;
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        match name {
            "--help" | "-h" => return Ok(Command::Help),
            "--port" => {
                let value = value.or_else(|| arguments.next()).unwrap_or_default();
                port = value
                    .parse()
                    .map_err(|_| format!("{value:?} is not a port"))?;
            }
            "--token-life" => {
                let value = value.or_else(|| arguments.next()).unwrap_or_default();
                let seconds = value.parse().map_err(|_| {
                    format!(
                        "--token-life takes a whole number of seconds from 1 to {}, not {value:?}",
                        NonZeroU32::MAX
                    )
                })?;
                token_life = Some(seconds);
            }
            _ => return Err(format!("{argument:?} is not known")),
        }
    }
    Ok(Command::Serve { port, token_life })
}

fn greeting(server: &DevServer) -> String {
    let (base_url, sign_out_url) = (server.base_url(), server.sign_out_url());
    let decided = server.environment().into_iter();
    let variables: String = decided
        .filter(|(name, _)| *name != "FNCY_SIGN_OUT_URL")
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect();
    format!(
        "The FNCY development server listens on {base_url}\n\
         Open that address for the demo users and their roles; stop with Ctrl-C. An application needs:\n\n\
         {variables}\n\
         and, of its own:\n\n\
         FNCY_REDIRECT_URI={APP}/auth/callback\n\
         FNCY_COOKIE_SECRET={cookie_secret}\n\
         FNCY_SIGN_OUT_URL={sign_out_url}?return_to={APP}/auth/logout\n",
        cookie_secret = server.cookie_secret(),
    )
}
