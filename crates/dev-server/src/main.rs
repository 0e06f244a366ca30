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

Usage: fncy-dev-server [--env] [--port N] [--token-life SECONDS]

  --env                 Print the settings of an application and nothing else, as lines for a
                        file: fncy-dev-server --env > dev.env
  --port N              Listen on 127.0.0.1 port N (default 4000; 0: one that is free)
  --token-life SECONDS  How long an access token is good for (default 300, short enough to
                        meet a renewal while developing)
  --help                Show this

It listens on loopback only; there is no option for another address.
";

enum Command {
    Help,
    Serve(Options),
}

struct Options {
    port: u16,
    token_life: Option<NonZeroU32>,
    is_bare: bool,
}

fn main() -> ExitCode {
    let command = match parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            eprintln!("fncy-dev-server: {message}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    let Options {
        port,
        token_life,
        is_bare,
    } = match command {
        Command::Help => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Command::Serve(options) => options,
    };
    let mut builder = DevServer::builder().port(port);
    if let Some(seconds) = token_life {
        builder = builder.access_token_life(Duration::from_secs(seconds.get().into()));
    }
    match builder.start() {
        Ok(server) => {
            if is_bare {
                print!("{}", server.variables());
            } else {
                print!("{}", greeting(&server));
            }
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
    let mut is_bare = false;
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        match name {
            "--help" | "-h" => return Ok(Command::Help),
            "--env" if value.is_none() => is_bare = true,
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
    Ok(Command::Serve(Options {
        port,
        token_life,
        is_bare,
    }))
}

fn greeting(server: &DevServer) -> String {
    format!(
        "The FNCY development server listens on {base_url}\n\
         Open that address for the demo users and their roles; stop with Ctrl-C. An application on \
         localhost:3000 needs these (--env prints them alone):\n\n{variables}",
        base_url = server.base_url(),
        variables = server.variables(),
    )
}
